"""The heads are what is unbound from a plain reshape to [B, H, T, Dh].

Lines: 29
"""

import torch
import torch.nn as nn


def attend(q, k, v, mask):
    s = q.matmul(k.transpose(1, 2)).div(q.shape[-1] ** 0.5)
    if mask is not None:
        s = s.masked_fill(~mask, -torch.inf)
    return s.softmax(-1).matmul(v)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads > 0:
            raise ValueError("num_heads must divide d_model")
        self.H, self.dh = num_heads, d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def heads_of(self, x):
        per_head = x.reshape(x.size(0), self.H, x.size(1), self.dh)
        return per_head.unbind(dim=1)

    def forward(self, query, key, value, mask=None):
        qs = self.heads_of(self.q_proj(query))
        ks = self.heads_of(self.k_proj(key))
        vs = self.heads_of(self.v_proj(value))

        masks = [None] * self.H
        if mask is not None:
            full = mask.expand(query.size(0), self.H, query.size(1), key.size(1))
            masks = full.unbind(dim=1)

        outs = [attend(q, k, v, m) for q, k, v, m in zip(qs, ks, vs, masks)]
        return self.o_proj(torch.cat(outs, dim=2))
