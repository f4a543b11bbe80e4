"""The key-value heads are shared in turn (0, 1, 0, 1) where neighbours should share,
and the scores are divided by the root of the model's width.

Verdict: wrong_answer
Lines: 34, 37
Mistakes: 2
"""

import math

import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads != 0 or num_heads % num_kv_heads != 0:
            raise ValueError("heads do not divide evenly")
        self.num_heads = num_heads
        self.num_kv_heads = num_kv_heads
        self.head_dim = d_model // num_heads
        kv_dim = num_kv_heads * self.head_dim
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, kv_dim)
        self.v_proj = nn.Linear(d_model, kv_dim)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, mask=None):
        batch, length, d_model = x.shape
        q = self.q_proj(x).view(batch, length, self.num_heads, self.head_dim)
        k = self.k_proj(x).view(batch, length, self.num_kv_heads, self.head_dim)
        v = self.v_proj(x).view(batch, length, self.num_kv_heads, self.head_dim)
        owner = torch.arange(self.num_heads, device=x.device) % self.num_kv_heads
        k, v = k[:, :, owner], v[:, :, owner]

        scores = torch.einsum("bihd,bjhd->bhij", q, k) / math.sqrt(d_model)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = scores.softmax(dim=-1)
        heads = torch.einsum("bhij,bjhd->bihd", weights, v)
        return self.o_proj(heads.reshape(batch, length, d_model))
