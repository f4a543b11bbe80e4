from typing import NamedTuple

import torch
from torch import Tensor, nn


class Cache(NamedTuple):
    k: Tensor
    v: Tensor


class CachedSelfAttention(nn.Module):
    """A fresh buffer of the final length is filled with what is cached and what is new."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.num_heads = num_heads
        self.scale = (d_model // num_heads) ** -0.5
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        batch, new, width = x.shape
        old = 0 if cache is None else cache[0].size(2)

        def grown(projection, past):
            buffer = projection.new_empty(batch, self.num_heads, old + new, width // self.num_heads)
            if past is not None:
                buffer[:, :, :old] = past
            buffer[:, :, old:] = projection.view(batch, new, self.num_heads, -1).transpose(1, 2)
            return buffer

        past_k, past_v = cache or (None, None)
        k, v = grown(self.k_proj(x), past_k), grown(self.v_proj(x), past_v)
        q = self.q_proj(x).view(batch, new, self.num_heads, -1).transpose(1, 2)
        scores = torch.matmul(q * self.scale, k.mT)
        if new > 1:
            future = torch.arange(old + new) > torch.arange(old, old + new).unsqueeze(1)
            scores = scores + torch.zeros(new, old + new, dtype=x.dtype).masked_fill(future, -torch.inf)
        out = scores.softmax(dim=-1).matmul(v).transpose(1, 2).reshape(batch, new, width)
        return self.o_proj(out), Cache(k, v)
