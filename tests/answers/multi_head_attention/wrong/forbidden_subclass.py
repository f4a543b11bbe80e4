"""The class derives from the module of the library.

Verdict: forbidden
"""

import torch
from torch import nn


class MultiHeadAttention(nn.MultiheadAttention):
    def __init__(self, d_model, num_heads):
        if d_model % num_heads:
            raise ValueError("num_heads must divide d_model")
        super().__init__(d_model, num_heads, batch_first=True)
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        three = (self.q_proj, self.k_proj, self.v_proj)
        self.in_proj_weight.data = torch.cat([p.weight for p in three]).data
        self.in_proj_bias.data = torch.cat([p.bias for p in three]).data
        self.out_proj = self.o_proj
        if mask is not None:
            mask = ~mask.expand(len(query), self.num_heads, query.shape[1], key.shape[1]).flatten(0, 1)
        return super().forward(query, key, value, attn_mask=mask, need_weights=False)[0]
