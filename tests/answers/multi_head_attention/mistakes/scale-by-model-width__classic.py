"""The root of d_model is taken for that of a head's width.

Lines: 28
"""

import torch
import torch.nn as nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model % num_heads must be 0")
        self.d_model = d_model
        self.h = num_heads
        self.d_k = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        bs = query.size(0)
        Q = self.q_proj(query).view(bs, -1, self.h, self.d_k).transpose(1, 2)
        K = self.k_proj(key).view(bs, -1, self.h, self.d_k).transpose(1, 2)
        V = self.v_proj(value).view(bs, -1, self.h, self.d_k).transpose(1, 2)
        attn = torch.matmul(Q, K.transpose(2, 3)) / self.d_model**0.5
        if mask is not None:
            attn = attn.masked_fill(mask == 0, torch.finfo(attn.dtype).min)
        attn = attn.softmax(dim=3)
        out = torch.matmul(attn, V).transpose(1, 2).contiguous().view(bs, -1, self.d_model)
        return self.o_proj(out)
