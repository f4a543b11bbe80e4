"""The attention function has a flag for causal masking, and it is on only when there is no cache.

Lines: 36
"""

import torch
import torch.nn as nn


def attention(q, k, v, is_causal):
    w = q @ k.mT / k.shape[-1] ** 0.5
    if is_causal:
        n = w.shape[-1]
        hidden = torch.ones(w.shape[-2], n, dtype=torch.bool, device=w.device).triu(n - w.shape[-2] + 1)
        w = w.masked_fill(hidden, -torch.inf)
    return w.softmax(-1) @ v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads > 0:
            raise ValueError("d_model is no multiple of num_heads")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        B, T, D = x.shape
        shape = (B, T, self.num_heads, D // self.num_heads)
        q, k, v = (lin(x).reshape(shape).swapaxes(1, 2) for lin in (self.q_proj, self.k_proj, self.v_proj))
        if cache is not None:
            k, v = (torch.cat(pair, 2) for pair in zip(cache, (k, v)))
        y = attention(q, k, v, is_causal=cache is None)
        return self.o_proj(y.swapaxes(1, 2).reshape(B, T, D)), (k, v)
