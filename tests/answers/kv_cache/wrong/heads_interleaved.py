"""Head h takes every H-th feature instead of a block of neighbours.

Verdict: wrong_answer
Lines: 29, 47
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model must be divisible by num_heads")
        self.d_model = d_model
        self.num_heads = num_heads
        self.d_k = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def split_heads(self, x):
        batch, length, _ = x.shape
        return x.reshape(batch, length, self.d_k, self.num_heads).permute(0, 3, 1, 2)

    def forward(self, x, cache=None):
        batch, new, _ = x.shape
        q = self.split_heads(self.q_proj(x))
        k = self.split_heads(self.k_proj(x))
        v = self.split_heads(self.v_proj(x))
        past = 0
        if cache is not None:
            past_k, past_v = cache
            past = past_k.shape[2]
            k = torch.cat([past_k, k], dim=2)
            v = torch.cat([past_v, v], dim=2)
        scores = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(self.d_k)
        causal = torch.ones(new, past + new, dtype=torch.bool).tril(diagonal=past)
        scores = scores.masked_fill(~causal, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        context = torch.matmul(weights, v)
        context = context.permute(0, 2, 3, 1).reshape(batch, new, self.d_model)
        return self.o_proj(context), (k, v)
