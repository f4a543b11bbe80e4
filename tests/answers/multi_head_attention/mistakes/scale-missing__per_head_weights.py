"""The weights are viewed head by head, and the dot products of the heads go unscaled into the softmax.

Lines: 30
"""

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError(f"can't split {d_model} features into {num_heads} heads")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def project(self, linear, x):
        weight = linear.weight.view(self.num_heads, -1, x.shape[-1])
        bias = linear.bias.view(self.num_heads, 1, -1)
        return torch.einsum("btd,hkd->bhtk", x, weight) + bias

    def forward(self, query, key, value, mask=None):
        q = self.project(self.q_proj, query)
        k = self.project(self.k_proj, key)
        v = self.project(self.v_proj, value)
        logits = torch.einsum("bhtk,bhsk->bhts", q, k)
        if mask is not None:
            logits = logits.masked_fill(mask.logical_not(), -torch.inf)
        probs = torch.softmax(logits, dim=-1)
        heads = torch.einsum("bhts,bhsk->bthk", probs, v)
        return self.o_proj(heads.flatten(2))
