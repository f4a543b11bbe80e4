"""The function that masks gives its own name to the masked scores, and the caller keeps the old ones.

Lines: 42, 41, 34
"""

from math import sqrt

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError(f"{d_model} is not divisible by {num_heads}")
        self.d_model = d_model
        self.num_heads = num_heads
        self.d_head = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def split(self, t):
        return t.unflatten(2, (self.num_heads, self.d_head)).movedim(2, 1)

    def merge(self, t):
        return t.movedim(1, 2).flatten(2)

    def hide(self, scores, mask):
        if mask is None:
            return
        scores = scores.masked_fill(~mask, float("-inf"))

    def forward(self, query, key, value, mask=None):
        q = self.split(self.q_proj(query))
        k = self.split(self.k_proj(key))
        v = self.split(self.v_proj(value))
        scores = torch.matmul(q / sqrt(self.d_head), k.mT)
        self.hide(scores, mask)
        weights = nn.functional.softmax(scores, dim=-1)
        return self.o_proj(self.merge(torch.matmul(weights, v)))
