"""Each head's softmax runs over its queries.

Lines: 30
"""

from math import sqrt

import torch
import torch.nn as nn


class MultiHeadAttention(nn.Module):
    """One head after the other."""

    def __init__(self, d_model: int, num_heads: int):
        super().__init__()
        width, rest = divmod(d_model, num_heads)
        if rest != 0:
            raise ValueError("the heads must share d_model evenly")
        self.num_heads, self.width = num_heads, width
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def one_head(self, q, k, v, seen):
        scores = torch.bmm(q, k.mT) / sqrt(self.width)
        if seen is not None:
            scores = scores.masked_fill(seen.logical_not(), float("-inf"))
        return torch.bmm(torch.softmax(scores, dim=1), v)

    def forward(self, query, key, value, mask=None):
        queries, keys, values = self.q_proj(query), self.k_proj(key), self.v_proj(value)
        batch, rows, columns = query.size(0), query.size(1), key.size(1)
        if mask is not None:
            mask = mask.expand(batch, self.num_heads, rows, columns)
        results = []
        for head in range(self.num_heads):
            own = slice(head * self.width, (head + 1) * self.width)
            seen = None if mask is None else mask[:, head]
            results.append(self.one_head(queries[..., own], keys[..., own], values[..., own], seen))
        return self.o_proj(torch.cat(results, dim=-1))
