"""A small number is added to the sum of the softmax: too much for float64.

Verdict: wrong_answer
Lines: 34
"""

import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.num_heads = num_heads
        self.d_head = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def heads(self, x):
        return x.unflatten(2, (self.num_heads, self.d_head)).transpose(1, 2)

    def forward(self, x, cache=None):
        q, k, v = self.heads(self.q_proj(x)), self.heads(self.k_proj(x)), self.heads(self.v_proj(x))
        old_k, old_v = cache if cache is not None else (k[:, :, :0], v[:, :, :0])
        keys, values = torch.cat([old_k, k], dim=2), torch.cat([old_v, v], dim=2)
        future = torch.triu(torch.ones(x.shape[1], keys.shape[2], dtype=torch.bool), diagonal=old_k.shape[2] + 1)
        scores = (q @ keys.mT * self.d_head**-0.5).masked_fill(future, -torch.inf)
        top = scores.amax(dim=-1, keepdim=True)
        weights = torch.exp(scores - top)
        weights = weights / (weights.sum(dim=-1, keepdim=True) + 1e-9)
        out = (weights @ values).transpose(1, 2).flatten(2)
        return self.o_proj(out), (keys, values)
