"""Defines functions and a class of its own by forbidden names."""

import torch
from torch import nn


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    scores = q @ k.transpose(-1, -2) * q.size(-1) ** -0.5
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -torch.inf)
    return scores.softmax(-1) @ v


class Transformer(nn.Module):
    def multi_head_attention_forward(self, x, heads):
        return x.unflatten(2, (heads, x.shape[2] // heads)).transpose(1, 2)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.num_heads = num_heads
        self.F = Transformer()
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        F = self.F
        q, k, v = (
            F.multi_head_attention_forward(x, self.num_heads)
            for x in (self.q_proj(query), self.k_proj(key), self.v_proj(value))
        )
        return self.o_proj(scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).flatten(2))
