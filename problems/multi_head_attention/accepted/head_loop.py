import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"cannot split {d_model} features among {num_heads} heads")
        self.num_heads, self.width = num_heads, d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        if mask is not None and mask.dim() == 2:
            mask = mask[None, None]
        heads = []
        queries, keys, values = (
            projection.split(self.width, dim=-1)
            for projection in (self.q_proj(query), self.k_proj(key), self.v_proj(value))
        )
        for h, (q, k, v) in enumerate(zip(queries, keys, values, strict=True)):
            scores = torch.matmul(q, k.mT) / math.sqrt(self.width)
            if mask is not None:
                visible = mask[:, h if mask.shape[1] > 1 else 0]
                scores = scores.masked_fill(visible.logical_not(), -math.inf)
            heads.append(torch.softmax(scores, dim=-1) @ v)
        return self.o_proj(torch.cat(heads, dim=-1))
