"""Which key-value head each query head uses stands in a buffer; heads are gathered by it."""

import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("num_heads does not divide d_model")
        if num_heads % num_kv_heads:
            raise ValueError("num_kv_heads does not divide num_heads")
        self.dh = d_model // num_heads
        self.register_buffer("owner", torch.arange(num_heads) * num_kv_heads // num_heads, persistent=False)
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.dh)
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.dh)
        self.o_proj = nn.Linear(d_model, d_model)

    def heads(self, y):
        return torch.stack(y.split(self.dh, dim=2), dim=1)

    def forward(self, x, mask=None):
        q = self.heads(self.q_proj(x))
        k = self.heads(self.k_proj(x))[:, self.owner]
        v = self.heads(self.v_proj(x)).index_select(1, self.owner)
        s = q.matmul(k.transpose(2, 3)).mul(self.dh**-0.5)
        if mask is not None:
            s = s.masked_fill(mask == 0, float("-inf"))
        y = torch.softmax(s, 3).matmul(v)
        return self.o_proj(torch.cat(y.unbind(1), dim=2))
