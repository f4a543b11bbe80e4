"""The rows of the weights are viewed as [Dh, H], so that neighbouring rows go to different heads.

Lines: 24, 25, 36
"""

import torch
import torch.nn as nn
from torch import einsum


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("indivisible")
        self.H = num_heads
        self.K = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def headwise(self, proj, x):
        W = proj.weight.view(self.K, self.H, -1)
        b = proj.bias.view(self.K, self.H)
        return einsum("btd,khd->bthk", x, W) + b.t()

    def forward(self, query, key, value, mask=None):
        q = self.headwise(self.q_proj, query)
        k = self.headwise(self.k_proj, key)
        v = self.headwise(self.v_proj, value)
        a = einsum("bihk,bjhk->bhij", q, k) / self.K**0.5
        if mask is not None:
            a = a.where(mask, torch.tensor(float("-inf"), dtype=a.dtype))
        z = einsum("bhij,bjhk->bihk", a.softmax(3), v)
        W_o = self.o_proj.weight.view(-1, self.K, self.H)
        return einsum("bihk,dkh->bid", z, W_o) + self.o_proj.bias
