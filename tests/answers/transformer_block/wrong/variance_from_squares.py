"""The variance is the mean of the squares less the square of the mean: beside a large mean nothing of it is left.

Verdict: wrong_answer
Lines: 22
"""

import math

import torch
from torch import nn
from torch.nn.functional import gelu


class Normalize(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        mean, square = x.mean(-1, keepdim=True), x.pow(2).mean(-1, keepdim=True)
        spread = (square - mean.pow(2)).clamp_min(0)
        return (x - mean) / (spread + 1e-5).sqrt() * self.weight + self.bias


class TransformerBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("d_model must be a multiple of num_heads")
        self.heads = num_heads
        self.norm1, self.norm2 = Normalize(d_model), Normalize(d_model)
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))
        self.up_proj = nn.Linear(d_model, d_ff)
        self.down_proj = nn.Linear(d_ff, d_model)

    def forward(self, x):
        b, t, d = x.shape
        normed = self.norm1(x)
        q, k, v = (f(normed).view(b, t, self.heads, -1).transpose(1, 2) for f in (self.q_proj, self.k_proj, self.v_proj))
        scores = torch.einsum("bhid,bhjd->bhij", q, k) / math.sqrt(d // self.heads)
        later = torch.arange(t)[None, :] > torch.arange(t)[:, None]
        mixed = scores.masked_fill(later, -math.inf).softmax(-1) @ v
        x = x + self.o_proj(mixed.transpose(1, 2).reshape(b, t, d))
        return x + self.down_proj(gelu(self.up_proj(self.norm2(x))))
