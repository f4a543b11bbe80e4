"""The module of the library makes the output.

Verdict: forbidden
"""

import torch
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
        return x.reshape(batch, length, self.num_heads, self.d_k).transpose(1, 2)

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
        causal = torch.ones(new, past + new, dtype=torch.bool).tril(diagonal=past)
        flat = [tensor.transpose(1, 2).flatten(2) for tensor in (q, k, v)]
        inner = nn.MultiheadAttention(self.d_model, self.num_heads, batch_first=True).to(x.dtype)
        eye = torch.eye(self.d_model, dtype=x.dtype)
        inner.in_proj_weight.data = eye.repeat(3, 1)
        inner.out_proj.weight.data = eye
        context = inner(*flat, attn_mask=~causal, need_weights=False)[0]
        return self.o_proj(context), (k, v)
