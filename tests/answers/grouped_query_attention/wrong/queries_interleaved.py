"""Query heads are unfolded to [group, kv heads], and joined in the order they came.

Verdict: wrong_answer
Lines: 29
"""

import math

import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("num_heads must divide d_model")
        if num_heads % num_kv_heads:
            raise ValueError("num_kv_heads must divide num_heads")
        self.heads, self.kv_heads, self.width = num_heads, num_kv_heads, d_model // num_heads
        self.group = num_heads // num_kv_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.width)
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.width)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, mask=None):
        b, t, d = x.shape
        q = self.q_proj(x).reshape(b, t, self.group, self.kv_heads, self.width).permute(0, 3, 2, 1, 4)
        k = self.k_proj(x).reshape(b, t, self.kv_heads, 1, self.width).permute(0, 2, 3, 1, 4)
        v = self.v_proj(x).reshape(b, t, self.kv_heads, 1, self.width).permute(0, 2, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) / math.sqrt(self.width)  # [b, kv_heads, group, t, t]
        if mask is not None:
            mask = mask.expand(b, self.heads, t, t).reshape(b, self.kv_heads, self.group, t, t)
            scores = scores.masked_fill(~mask, -math.inf)
        out = scores.softmax(-1) @ v
        return self.o_proj(out.permute(0, 3, 2, 1, 4).reshape(b, t, d))
