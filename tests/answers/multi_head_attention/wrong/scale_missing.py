"""The scores are not scaled.

Verdict: wrong_answer
Lines: 31
Mistake: scale-missing
"""

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.num_heads = num_heads
        self.size = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.q_proj(query), self.k_proj(key), self.v_proj(value)
        if mask is not None and mask.dim() == 2:
            mask = mask[None, None]
        outputs = []
        for h in range(self.num_heads):
            part = slice(h * self.size, (h + 1) * self.size)
            scores = q[..., part] @ k[..., part].transpose(1, 2)
            if mask is not None:
                allowed = mask[:, h] if mask.shape[1] > 1 else mask[:, 0]
                scores = scores.masked_fill(~allowed, -torch.inf)
            outputs.append(scores.softmax(-1) @ v[..., part])
        return self.o_proj(torch.cat(outputs, dim=-1))
