from math import sqrt

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    """One matrix product makes queries, keys and values where they come from the same tensor."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        self.d_head, rest = divmod(d_model, num_heads)
        if rest:
            raise ValueError(f"{d_model=} is no multiple of {num_heads=}")
        self.n = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def project(self, query, key, value):
        layers = (self.q_proj, self.k_proj, self.v_proj)
        if query is key and key is value:
            weight = torch.cat([layer.weight for layer in layers])
            bias = torch.cat([layer.bias for layer in layers])
            return F.linear(query, weight, bias).chunk(3, dim=-1)
        return [layer(x) for layer, x in zip(layers, (query, key, value), strict=True)]

    def forward(self, query, key, value, mask=None):
        q, k, v = (
            x.unflatten(2, (self.n, self.d_head)).movedim(2, 0) for x in self.project(query, key, value)
        )  # heads first: [H, B, T, Dh]
        scores = q.matmul(k.transpose(-2, -1)) / sqrt(self.d_head)
        if mask is not None:
            four = mask if mask.ndim == 4 else mask.view(1, 1, *mask.shape)
            scores = scores.masked_fill(four.transpose(0, 1) == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).permute(1, 2, 0, 3)
        return self.o_proj(out.reshape(*query.shape))
