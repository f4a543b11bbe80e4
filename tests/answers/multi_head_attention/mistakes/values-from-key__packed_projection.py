"""Keys and values come out of one product with both weights, whose input is the keys'.

Lines: 25
"""

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError(f"{d_model=} % {num_heads=} != 0")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        weight = torch.cat([self.k_proj.weight, self.v_proj.weight])
        bias = torch.cat([self.k_proj.bias, self.v_proj.bias])
        kv = F.linear(key, weight, bias)
        b, s, _ = kv.shape
        k, v = kv.view(b, s, 2, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        q = self.q_proj(query).view(b, query.shape[1], self.num_heads, -1).transpose(1, 2)
        scores = q @ k.mT * q.shape[-1] ** -0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        out = F.softmax(scores, dim=-1) @ v
        return self.o_proj(out.transpose(1, 2).flatten(2))
