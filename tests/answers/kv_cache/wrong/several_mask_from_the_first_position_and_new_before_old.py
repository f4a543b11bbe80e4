"""The causal mask forgets how many positions are cached, and the new keys stand before the cached ones.

Verdict: wrong_answer
Lines: 34, 37
Mistakes: 2
"""

import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model must be divisible by num_heads")
        self.num_heads = num_heads
        self.head_dim = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.view(y.shape[0], y.shape[1], self.num_heads, self.head_dim).transpose(1, 2)

    def forward(self, x, cache=None):
        batch, length, d_model = x.shape
        q = self.split(self.q_proj(x))
        k = self.split(self.k_proj(x))
        v = self.split(self.v_proj(x))
        if cache is not None:
            old_k, old_v = cache
            k = torch.cat([k, old_k], dim=2)
            v = torch.cat([old_v, v], dim=2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        visible = torch.ones(length, k.shape[2], dtype=torch.bool, device=x.device).tril()
        scores = scores.masked_fill(~visible, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        out = out.transpose(1, 2).reshape(batch, length, d_model)
        return self.o_proj(out), (k, v)
