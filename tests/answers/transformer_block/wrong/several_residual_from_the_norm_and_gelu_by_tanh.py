"""The residual of the attention carries the normalized input, and GELU is the approximation by tanh.

Verdict: wrong_answer
Lines: 27, 42
Mistakes: 2
"""

import math

import torch
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model must be divisible by num_heads")
        self.num_heads = num_heads
        self.norm1 = nn.LayerNorm(d_model)
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.up_proj = nn.Linear(d_model, d_ff)
        self.act = nn.GELU(approximate="tanh")
        self.down_proj = nn.Linear(d_ff, d_model)

    def attention(self, z):
        B, T, D = z.shape
        q = self.q_proj(z).view(B, T, self.num_heads, -1).transpose(1, 2)
        k = self.k_proj(z).view(B, T, self.num_heads, -1).transpose(1, 2)
        v = self.v_proj(z).view(B, T, self.num_heads, -1).transpose(1, 2)
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        future = torch.triu(torch.ones(T, T, dtype=torch.bool, device=z.device), diagonal=1)
        weights = scores.masked_fill(future, float("-inf")).softmax(dim=-1)
        return self.o_proj((weights @ v).transpose(1, 2).reshape(B, T, D))

    def forward(self, x):
        z = self.norm1(x)
        h = z + self.attention(z)
        return h + self.down_proj(self.act(self.up_proj(self.norm2(h))))
