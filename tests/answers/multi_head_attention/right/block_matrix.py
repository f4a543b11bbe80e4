"""All heads are one matrix product over queries that are zero outside their head."""

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.num_heads = num_heads
        self.width = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)
        owner = torch.arange(d_model) // self.width
        self.register_buffer("owns", owner == torch.arange(num_heads)[:, None])

    def forward(self, query, key, value, mask=None):
        q = self.q_proj(query)[:, None] * self.owns[:, None].to(query.dtype)
        scores = q @ self.k_proj(key)[:, None].mT / self.width**0.5
        if mask is not None:
            scores = scores + torch.zeros(mask.shape, dtype=scores.dtype).masked_fill(~mask, -torch.inf)
        mixed = scores.softmax(-1) @ self.v_proj(value)[:, None]
        return self.o_proj((mixed * self.owns[:, None]).sum(1))
