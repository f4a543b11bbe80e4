"""The whole of forward runs under torch.no_grad.

Lines: 27
"""

from math import inf, sqrt

import torch
from torch import einsum, nn


class CachedSelfAttention(nn.Module):
    """Queries, keys and values by einsum; the cache keeps the heads in front."""

    def __init__(self, d_model: int, num_heads: int):
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"no way to share {d_model} features among {num_heads} heads")
        self.num_heads = num_heads
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = [nn.Linear(d_model, d_model) for _ in range(4)]

    def by_head(self, features):
        return features.unflatten(2, (self.num_heads, -1)).movedim(2, 1)

    @torch.no_grad()
    def forward(self, x, cache=None):
        queries, new_keys, new_values = (self.by_head(p(x)) for p in (self.q_proj, self.k_proj, self.v_proj))
        length = x.shape[1]
        past = 0 if cache is None else cache[0].shape[2]
        keys = new_keys if cache is None else torch.cat([cache[0], new_keys], 2)
        values = new_values if cache is None else torch.cat([cache[1], new_values], 2)
        scores = einsum("bhtd,bhsd->bhts", queries, keys) / sqrt(queries.shape[-1])
        rows = torch.arange(past, past + length).unsqueeze(1)
        columns = torch.arange(past + length).unsqueeze(0)
        scores = scores.masked_fill(columns > rows, -inf)
        weights = scores.softmax(dim=3)
        mixed = einsum("bhts,bhsd->bthd", weights, values)
        return self.o_proj(mixed.flatten(2)), (keys, values)
