"""Scores with old and with new keys are made apart; only the new ones are masked, from the second diagonal on.

Lines: 28, 29
"""

import torch
import torch.nn as nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("wrong number of heads")
        self.n_head = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def split(self, t):
        return t.unflatten(2, (self.n_head, -1)).transpose(1, 2)

    def forward(self, x, cache=None):
        q, k, v = map(self.split, (self.q_proj(x), self.k_proj(x), self.v_proj(x)))
        q = q * q.size(-1) ** -0.5
        T = x.size(1)
        future = torch.full((T, T), True, device=x.device).triu(diagonal=2)
        scores = (q @ k.mT).masked_fill(future, -torch.inf)
        if cache is not None:
            scores = torch.cat((q @ cache[0].mT, scores), dim=-1)
            k = torch.cat((cache[0], k), dim=-2)
            v = torch.cat((cache[1], v), dim=-2)
        y = scores.softmax(dim=-1) @ v
        return self.o_proj(y.transpose(1, 2).flatten(2)), (k, v)
