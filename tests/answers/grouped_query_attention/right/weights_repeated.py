"""The weights are repeated before the projection, so that multi-head attention is left to do."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int, num_kv_heads: int):
        super().__init__()
        if d_model % num_heads != 0 or num_heads % num_kv_heads != 0:
            raise ValueError(f"cannot share {d_model} features and {num_kv_heads} heads among {num_heads} heads")
        self.num_heads, self.num_kv_heads = num_heads, num_kv_heads
        self.head_dim = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.head_dim)
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.head_dim)
        self.o_proj = nn.Linear(d_model, d_model)

    def wide(self, layer, x):
        times = self.num_heads // self.num_kv_heads
        weight = layer.weight.unflatten(0, (self.num_kv_heads, -1)).repeat_interleave(times, 0).flatten(0, 1)
        bias = layer.bias.unflatten(0, (self.num_kv_heads, -1)).repeat_interleave(times, 0).flatten(0, 1)
        return F.linear(x, weight, bias)

    def forward(self, x, mask=None):
        q, k, v = (
            y.unflatten(-1, (self.num_heads, self.head_dim)).transpose(1, 2)
            for y in (self.q_proj(x), self.wide(self.k_proj, x), self.wide(self.v_proj, x))
        )
        scores = (q @ k.mT) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.where(mask, torch.full((), -math.inf, dtype=scores.dtype))
        return self.o_proj((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))
