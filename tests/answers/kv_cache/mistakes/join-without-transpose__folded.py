"""The batch of heads is reshaped to [B, T, D] at once.

Lines: 39
"""

import math

import torch
import torch.nn as nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model should be a multiple of num_heads")
        self.heads = num_heads
        self.size = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def fold(self, t):
        """[B, T, D] -> [B * H, T, Dh]"""
        b, n, _ = t.shape
        return t.view(b, n, self.heads, self.size).transpose(1, 2).reshape(b * self.heads, n, self.size)

    def forward(self, x, cache=None):
        b, t, d = x.shape
        q, k, v = self.fold(self.q_proj(x)), self.fold(self.k_proj(x)), self.fold(self.v_proj(x))
        if cache is not None:
            k = torch.cat([cache[0].flatten(0, 1), k], dim=1)
            v = torch.cat([cache[1].flatten(0, 1), v], dim=1)
        s = k.shape[1]
        att = torch.bmm(q / math.sqrt(self.size), k.transpose(1, 2))
        ahead = torch.arange(s)[None] > torch.arange(s - t, s)[:, None]
        att = att.masked_fill(ahead, -math.inf).softmax(dim=2)
        y = torch.bmm(att, v).reshape(b, t, d)
        return self.o_proj(y), (k.unflatten(0, (b, self.heads)), v.unflatten(0, (b, self.heads)))
