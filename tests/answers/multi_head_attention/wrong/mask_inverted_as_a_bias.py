"""A function makes a number to add to each score, and makes it -inf where the mask is True.

Verdict: wrong_answer
Lines: 17, 38
"""

import math

import torch
import torch.nn as nn


def bias_from_mask(mask, like):
    if mask is None:
        return 0.0
    bias = torch.zeros(mask.shape, dtype=like.dtype, device=like.device)
    bias[mask] = -math.inf
    return bias


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        self.head_dim, remainder = divmod(d_model, num_heads)
        if remainder:
            raise ValueError("d_model has to be a multiple of num_heads")
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        q, k, v = (
            torch.stack(proj(inp).split(self.head_dim, dim=-1), dim=1)
            for proj, inp in ((self.q_proj, query), (self.k_proj, key), (self.v_proj, value))
        )
        scores = q @ k.transpose(-1, -2) / math.sqrt(self.head_dim)
        scores = scores + bias_from_mask(mask, scores)
        out = scores.softmax(dim=-1) @ v
        return self.o_proj(torch.cat(out.unbind(dim=1), dim=-1))
