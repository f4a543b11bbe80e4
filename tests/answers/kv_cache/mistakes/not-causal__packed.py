"""One product for queries, keys and values, and no mask on the scores.

Lines: 33
"""

import torch
import torch.nn.functional as F
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError(f"d_model {d_model} can't be divided by num_heads {num_heads}")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        three = (self.q_proj, self.k_proj, self.v_proj)
        weight = torch.cat([p.weight for p in three], dim=0)
        bias = torch.cat([p.bias for p in three], dim=0)
        B, T, D = x.shape
        qkv = F.linear(x, weight, bias).view(B, T, 3, self.num_heads, D // self.num_heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        if cache is not None:
            k = torch.cat([cache[0], k], dim=2)
            v = torch.cat([cache[1], v], dim=2)
        att = (q / (q.size(-1) ** 0.5)) @ k.transpose(-2, -1)
        att = F.softmax(att, dim=-1)
        y = (att @ v).transpose(1, 2).reshape(B, T, D)
        return self.o_proj(y), (k, v)
