"""The factor 1/sqrt(Dh) is multiplied into the keys that go into the cache.

Lines: 29
"""

import torch
from torch import einsum, nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads of unequal width")
        self.num_heads = num_heads
        self.scale = (d_model // num_heads) ** -0.5
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def project(self, linear, x):
        W = linear.weight.unflatten(0, (self.num_heads, -1))
        b = linear.bias.unflatten(0, (self.num_heads, 1, -1))
        return einsum("btc,hdc->bhtd", x, W) + b

    def forward(self, x, cache=None):
        q = self.project(self.q_proj, x)
        k = self.project(self.k_proj, x).mul(self.scale)
        v = self.project(self.v_proj, x)
        S = 0
        if cache is not None:
            S = cache[0].shape[-2]
            k, v = torch.cat((cache[0], k), -2), torch.cat((cache[1], v), -2)
        logits = einsum("bhtd,bhsd->bhts", q, k)
        logits = logits.masked_fill(torch.ones_like(logits, dtype=torch.bool).triu(S + 1), -torch.inf)
        heads = einsum("bhts,bhsd->bthd", logits.softmax(-1), v)
        return self.o_proj(heads.flatten(-2)), (k, v)
