"""The exponentials are divided by their sum over the queries.

Lines: 39, 37
"""

import torch
import torch.nn as nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model // num_heads * num_heads != d_model:
            raise ValueError("d_model must be divisible by num_heads")
        self.nh = num_heads
        self.hd = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        B, Tq, D = query.shape
        Tk = key.shape[1]

        # [B, T, D] -> [B, H, T, Dh]
        q = self.q_proj(query).reshape(B, Tq, self.nh, self.hd).permute(0, 2, 1, 3)
        k = self.k_proj(key).reshape(B, Tk, self.nh, self.hd).permute(0, 2, 1, 3)
        v = self.v_proj(value).reshape(B, Tk, self.nh, self.hd).permute(0, 2, 1, 3)

        att = q @ k.permute(0, 1, 3, 2)
        att = att * self.hd**-0.5
        if mask is not None:
            att = att.masked_fill(~mask, -torch.inf)

        # softmax
        top = att.amax(dim=2, keepdim=True)
        e = torch.exp(att - top.detach())
        e = e / e.sum(dim=2, keepdim=True)

        y = e @ v
        y = y.permute(0, 2, 1, 3).reshape(B, Tq, D)
        return self.o_proj(y)
