"""The oldest position is forgotten where something is cached.

Verdict: wrong_answer
Lines: 32
"""

import torch
from torch import einsum, nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads do not divide a width of {d_model}")
        self.h = num_heads
        self.scale = (d_model // num_heads) ** -0.5
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        q, k, v = (layer(x).unflatten(-1, (self.h, -1)) for layer in (self.q_proj, self.k_proj, self.v_proj))
        k, v = k.transpose(1, 2), v.transpose(1, 2)
        if cache is not None:
            k = torch.cat((cache[0], k), dim=2)
            v = torch.cat((cache[1], v), dim=2)
        end = k.shape[2]
        at = torch.arange(end - x.shape[1], end)[:, None]
        scores = einsum("bqhd,bhkd->bhqk", q, k) * self.scale
        scores = torch.where(
            (torch.arange(end) <= at) & ((torch.arange(end) > 0) | (end == x.shape[1])), scores, -torch.inf
        )
        weights = scores.softmax(dim=-1)
        mixed = einsum("bhqk,bhkd->bqhd", weights, v)
        return self.o_proj(mixed.flatten(2)), (k, v)
