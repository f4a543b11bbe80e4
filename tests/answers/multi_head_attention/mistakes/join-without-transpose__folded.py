"""The heads are taken out of the batch by a reshape alone.

Lines: 36
"""

import math

import torch
from torch import nn
from torch.nn import functional as F


def attention(q, k, v, mask, scale):
    """Attention of [N, Tq, d] over [N, Tk, d]."""
    logits = (q * scale) @ k.transpose(1, 2)
    if mask is not None:
        logits = logits + torch.zeros_like(logits).masked_fill(~mask, -math.inf)
    return F.softmax(logits, dim=-1) @ v


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        if d_model % num_heads != 0:
            raise ValueError(f"d_model={d_model} is not a multiple of num_heads={num_heads}")
        super().__init__()
        self.n = num_heads
        self.d = d_model // num_heads
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def fold(self, t):
        b, s, _ = t.shape
        return t.view(b, s, self.n, self.d).permute(0, 2, 1, 3).reshape(b * self.n, s, self.d)

    def unfold(self, t, b):
        return t.reshape(b, t.shape[1], self.n * self.d)

    def forward(self, query, key, value, mask=None):
        b, tq, tk = query.shape[0], query.shape[1], key.shape[1]
        q, k, v = self.fold(self.q_proj(query)), self.fold(self.k_proj(key)), self.fold(self.v_proj(value))
        if mask is not None:
            mask = mask.expand(b, self.n, tq, tk).reshape(b * self.n, tq, tk)
        out = attention(q, k, v, mask, 1 / math.sqrt(self.d))
        return self.o_proj(self.unfold(out, b))
