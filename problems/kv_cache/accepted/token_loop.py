import math

import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    """One token at a time: each sees a slice of the keys, so that no mask is needed."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("num_heads must divide d_model")
        self.num_heads, self.width = num_heads, d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def heads(self, x):
        return torch.stack(x.split(self.width, dim=-1), dim=1)

    def forward(self, x, cache=None):
        q, k, v = self.heads(self.q_proj(x)), self.heads(self.k_proj(x)), self.heads(self.v_proj(x))
        past = 0
        if cache is not None:
            past = cache[0].shape[2]
            k, v = torch.cat((cache[0], k), 2), torch.cat((cache[1], v), 2)
        rows = []
        for t in range(x.shape[1]):
            seen = past + t + 1
            scores = (k[:, :, :seen] @ q[:, :, t, :, None]).squeeze(-1) / math.sqrt(self.width)
            weights = torch.softmax(scores, dim=-1)
            rows.append((weights[:, :, None] @ v[:, :, :seen]).flatten(1))
        return self.o_proj(torch.stack(rows, dim=1)), (k, v)
