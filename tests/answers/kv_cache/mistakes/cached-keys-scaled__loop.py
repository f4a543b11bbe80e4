"""The scale is put into the keys before they join the cache.

Lines: 29
"""

import math

import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    """Token by token within the chunk: each attends to a slice of the keys."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if num_heads * (d_model // num_heads) != d_model:
            raise ValueError(f"{d_model} is not divisible by {num_heads}")
        self.heads = num_heads
        self.width = d_model // num_heads
        for name in "qkvo":
            self.add_module(f"{name}_proj", nn.Linear(d_model, d_model))

    def split(self, features):
        b, t, _ = features.size()
        return features.reshape(b, t, self.heads, self.width).permute(0, 2, 1, 3)

    def forward(self, x, cache=None):
        q, k, v = self.split(self.q_proj(x)), self.split(self.k_proj(x) / math.sqrt(self.width)), self.split(self.v_proj(x))
        start = 0
        if cache is not None:
            old_k, old_v = cache
            start = old_k.size(2)
            k, v = torch.cat([old_k, k], dim=2), torch.cat([old_v, v], dim=2)
        outputs = []
        for t in range(x.size(1)):
            end = start + t + 1
            scores = (k[:, :, :end] * q[:, :, t : t + 1]).sum(-1)
            weights = torch.softmax(scores, dim=-1)
            outputs.append((weights.unsqueeze(-1) * v[:, :, :end]).sum(2).flatten(1))
        return self.o_proj(torch.stack(outputs, dim=1)), (k, v)
