"""The weights of hidden keys are multiplied by zero, and the others stay as they are.

Lines: 27, 29
"""

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads can't share a width of {d_model}")
        self.heads = num_heads
        self.scale = (d_model // num_heads) ** -0.5
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(d_model, d_model) for _ in range(4))

    def cut(self, x):
        return x.unflatten(-1, (self.heads, -1))

    def forward(self, query, key, value, mask=None):
        q = self.cut(self.q_proj(query))
        k = self.cut(self.k_proj(key))
        v = self.cut(self.v_proj(value))
        energy = torch.einsum("bqhd,bkhd->bhqk", q, k) * self.scale
        attention = energy.softmax(-1)
        if mask is not None:
            attention = attention * mask
        mixed = torch.einsum("bhqk,bkhd->bqhd", attention, v)
        return self.o_proj(mixed.flatten(start_dim=2))
