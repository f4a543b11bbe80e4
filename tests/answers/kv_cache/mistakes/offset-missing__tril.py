"""The triangle of the mask starts at the left end of the scores.

Lines: 32
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model must be a multiple of num_heads")
        self.h, self.d = num_heads, d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        b, t, d_model = x.shape
        q = self.q_proj(x).view(b, t, self.h, self.d).transpose(1, 2)
        k = self.k_proj(x).view(b, t, self.h, self.d).transpose(1, 2)
        v = self.v_proj(x).view(b, t, self.h, self.d).transpose(1, 2)
        if cache is not None:
            k = torch.cat((cache[0], k), dim=-2)
            v = torch.cat((cache[1], v), dim=-2)
        total = k.size(-2)
        att = torch.matmul(q, k.transpose(-1, -2)) * self.d**-0.5
        visible = torch.ones(t, total, dtype=torch.bool).tril()
        att = att.masked_fill(visible == 0, float("-inf"))
        y = torch.matmul(F.softmax(att, dim=-1), v)
        y = y.transpose(1, 2).contiguous().view(b, t, d_model)
        return self.o_proj(y), (k, v)
