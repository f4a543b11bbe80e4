"""The projections are of a subclass of nn.Linear that cuts the heads itself."""

import torch
from torch import nn


class HeadLinear(nn.Linear):
    def __init__(self, width, heads):
        super().__init__(width, width)
        self.heads = heads

    def forward(self, x):
        return super().forward(x).unflatten(-1, (self.heads, -1)).transpose(-2, -3)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("num_heads must divide d_model")
        self.q_proj, self.k_proj, self.v_proj = (HeadLinear(d_model, num_heads) for _ in range(3))
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.q_proj(query), self.k_proj(key), self.v_proj(value)
        scores = (q @ k.mT) / (q.shape[-1] ** 0.5)
        if mask is not None:
            scores[~mask.expand_as(scores)] = -torch.inf
        return self.o_proj((scores.softmax(-1) @ v).transpose(-2, -3).flatten(-2))
