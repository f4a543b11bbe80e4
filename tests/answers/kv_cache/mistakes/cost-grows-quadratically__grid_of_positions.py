"""A grid of all positions against all is compared, and the rows of the chunk are taken from it."""

import math

import torch
import torch.nn as nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("num_heads has to divide d_model")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        chunk = x.shape[1]
        q = self.q_proj(x).chunk(self.num_heads, dim=-1)
        k = torch.stack(self.k_proj(x).chunk(self.num_heads, dim=-1), dim=1)
        v = torch.stack(self.v_proj(x).chunk(self.num_heads, dim=-1), dim=1)
        if cache is not None:
            k = torch.cat([cache[0], k], dim=2)
            v = torch.cat([cache[1], v], dim=2)

        total = k.shape[2]
        position = torch.arange(total, device=x.device)
        later = position[None, :] > position[:, None]
        later = later[-chunk:]

        heads = []
        for h in range(self.num_heads):
            scores = q[h] @ k[:, h].transpose(1, 2) / math.sqrt(q[h].shape[-1])
            scores = scores.masked_fill(later, -math.inf)
            heads.append(torch.softmax(scores, dim=-1) @ v[:, h])
        return self.o_proj(torch.cat(heads, dim=-1)), (k, v)
