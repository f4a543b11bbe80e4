"""One head of one row is written down; torch.func.vmap makes the rest of it."""

import torch
from torch import nn
from torch.func import vmap


def one_head(q, k, v, allowed):
    scores = torch.where(allowed, q @ k.T / q.shape[-1] ** 0.5, -torch.inf)
    return torch.softmax(scores, -1) @ v


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("num_heads must divide d_model")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        q, k, v = (
            layer(x).unflatten(2, (self.num_heads, -1))
            for layer, x in ((self.q_proj, query), (self.k_proj, key), (self.v_proj, value))
        )
        if mask is None:
            mask = torch.ones((), dtype=torch.bool)
        mask = mask.expand(q.shape[0], self.num_heads, q.shape[1], k.shape[1])
        heads = vmap(vmap(one_head, in_dims=(1, 1, 1, 0), out_dims=1))(q, k, v, mask)
        return self.o_proj(heads.flatten(2))
