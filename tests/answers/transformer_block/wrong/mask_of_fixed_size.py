"""The mask is made for 64 positions.

Verdict: runtime_error | wrong_answer
Lines: 19, 36, 37
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model must be divisible by num_heads")
        self.register_buffer("future", torch.triu(torch.ones(64, 64, dtype=torch.bool), diagonal=1))
        self.h, self.d = num_heads, d_model // num_heads
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)
        self.up_proj = nn.Linear(d_model, d_ff)
        self.down_proj = nn.Linear(d_ff, d_model)

    def attention(self, z):
        B, T, D = z.shape
        q = self.q_proj(z).view(B, T, self.h, self.d).transpose(1, 2)
        k = self.k_proj(z).view(B, T, self.h, self.d).transpose(1, 2)
        v = self.v_proj(z).view(B, T, self.h, self.d).transpose(1, 2)
        scores = q @ k.transpose(2, 3) / math.sqrt(self.d)
        future = self.future[:T, :T]
        scores = scores.masked_fill(future, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        return self.o_proj((weights @ v).transpose(1, 2).reshape(B, T, D))

    def mlp(self, z):
        return self.down_proj(F.gelu(self.up_proj(z)))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        x = x + self.mlp(self.norm2(x))
        return x
