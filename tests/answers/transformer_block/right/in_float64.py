"""Everything is computed in float64, with the weights converted for the call."""

import torch
import torch.nn.functional as F
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        if d_model % num_heads > 0:
            raise ValueError("not divisible")
        self.n = num_heads
        self.norm1, self.norm2 = (nn.LayerNorm(d_model) for _ in "12")
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(d_model, d_model) for _ in "qkvo")
        self.up_proj, self.down_proj = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)

    @staticmethod
    def apply_linear(layer, z):
        return F.linear(z, layer.weight.double(), layer.bias.double())

    @staticmethod
    def apply_norm(layer, z):
        return F.layer_norm(z, z.shape[-1:], layer.weight.double(), layer.bias.double(), layer.eps)

    def forward(self, x):
        y = x.double()
        z = self.apply_norm(self.norm1, y)
        q, k, v = (
            self.apply_linear(layer, z).unflatten(2, (self.n, -1)).movedim(2, 1)
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        s = (q @ k.mT) / q.shape[-1] ** 0.5
        s = s + torch.zeros_like(s[0, 0]).masked_fill(torch.ones_like(s[0, 0], dtype=torch.bool).triu(1), -torch.inf)
        y = y + self.apply_linear(self.o_proj, (s.softmax(-1) @ v).movedim(1, 2).flatten(2))
        z = F.gelu(self.apply_linear(self.up_proj, self.apply_norm(self.norm2, y)))
        return (y + self.apply_linear(self.down_proj, z)).to(x.dtype)
