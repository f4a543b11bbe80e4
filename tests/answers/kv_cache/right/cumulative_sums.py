"""Heads in a loop; keys from the newest to the oldest, with a running softmax token by token."""

import math

import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        parts = [
            torch.stack(layer(x).chunk(self.num_heads, -1), 1) for layer in (self.q_proj, self.k_proj, self.v_proj)
        ]
        q, k, v = parts
        if cache is not None and cache[0].shape[2] > 0:
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        start = k.shape[2] - x.shape[1]
        heads = []
        for h in range(self.num_heads):
            rows = []
            for t in range(x.shape[1]):
                seen_k, seen_v = k[:, h, : start + t + 1].flip(1), v[:, h, : start + t + 1].flip(1)
                scores = (seen_k * q[:, h, t, None]).sum(-1, keepdim=True) / math.sqrt(q.shape[-1])
                log_weights = scores - torch.logcumsumexp(scores, 1)[:, -1:]
                rows.append((log_weights.exp() * seen_v).sum(1))
            heads.append(torch.stack(rows, 1))
        return self.o_proj(torch.cat(heads, -1)), (k, v)
