"""A with block that turns gradients off holds all of the computation.

Lines: 26, 28
"""

import math

import torch
import torch.nn as nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model must be divisible by num_heads")
        self.num_heads = num_heads
        self.head_dim = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        batch, length, width = x.shape
        with torch.set_grad_enabled(False):
            # project
            q = self.q_proj(x)
            k = self.k_proj(x)
            v = self.v_proj(x)

            # cut into heads
            q = q.reshape(batch, length, self.num_heads, self.head_dim)
            q = q.permute(0, 2, 1, 3)
            k = k.reshape(batch, length, self.num_heads, self.head_dim)
            k = k.permute(0, 2, 1, 3)
            v = v.reshape(batch, length, self.num_heads, self.head_dim)
            v = v.permute(0, 2, 1, 3)

            # put the cached ones in front
            offset = 0
            if cache is not None:
                cached_k, cached_v = cache
                offset = cached_k.shape[2]
                k = torch.cat([cached_k, k], dim=2)
                v = torch.cat([cached_v, v], dim=2)

            # attend
            scores = torch.matmul(q, k.permute(0, 1, 3, 2))
            scores = scores / math.sqrt(self.head_dim)
            for t in range(length):
                scores[:, :, t, offset + t + 1 :] = -math.inf
            weights = torch.softmax(scores, dim=-1)
            context = torch.matmul(weights, v)

            # join the heads
            context = context.permute(0, 2, 1, 3)
            context = context.reshape(batch, length, width)
            out = self.o_proj(context)
        return out, (k, v)
