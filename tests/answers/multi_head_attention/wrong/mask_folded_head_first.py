"""Scores are folded batch first, the mask heads first: wrong where both are more than one and the mask differs.

Verdict: wrong_answer
Lines: 33
"""

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.num_heads = num_heads
        self.width = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def fold(self, x):
        b, t, _ = x.shape
        return x.view(b, t, self.num_heads, self.width).transpose(1, 2).reshape(b * self.num_heads, t, self.width)

    def forward(self, query, key, value, mask=None):
        b, tq, d = query.shape
        tk = key.shape[1]
        q, k, v = self.fold(self.q_proj(query)), self.fold(self.k_proj(key)), self.fold(self.v_proj(value))
        scores = torch.bmm(q, k.transpose(1, 2)) / self.width**0.5
        if mask is not None:
            folded = mask.expand(b, self.num_heads, tq, tk).transpose(0, 1).reshape(b * self.num_heads, tq, tk)
            scores = scores.masked_fill(~folded, -torch.inf)
        out = torch.bmm(torch.softmax(scores, dim=-1), v)
        out = out.view(b, self.num_heads, tq, self.width).transpose(1, 2).reshape(b, tq, d)
        return self.o_proj(out)
