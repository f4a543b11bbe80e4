"""The mask hides where it should show, and the keys are projected from the value and the values from the key.

Verdict: wrong_answer
Lines: 27, 30
Mistakes: 2
"""

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model is not divisible by num_heads")
        self.num_heads = num_heads
        self.d_head = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        shape = (self.num_heads, self.d_head)
        q = self.q_proj(query).unflatten(-1, shape)
        k, v = self.k_proj(value).unflatten(-1, shape), self.v_proj(key).unflatten(-1, shape)
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) * self.d_head**-0.5
        if mask is not None:
            scores = scores.masked_fill(mask, float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        mixed = torch.einsum("bhqk,bkhd->bqhd", weights, v)
        return self.o_proj(mixed.flatten(-2))
