"""The scale is a buffer: float32 when it is made, and rounded so also after .double().

Verdict: wrong_answer
Lines: 27, 37
"""

import math

import torch
from torch import nn


class Projection(nn.Linear):
    def heads(self, x, count):
        return torch.einsum("btd,od->bto", x, self.weight).add(self.bias).unflatten(-1, (count, -1))


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        width, rest = divmod(d_model, num_heads)
        if rest or num_heads % num_kv_heads:
            raise ValueError("heads")
        self.q_proj, self.o_proj = Projection(d_model, d_model), Projection(d_model, d_model)
        self.k_proj, self.v_proj = (Projection(d_model, num_kv_heads * width) for _ in "kv")
        self.projections = nn.ModuleList([self.q_proj, self.k_proj, self.v_proj, self.o_proj])
        self.register_buffer("scale", torch.tensor(width**-0.5))
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))
        self.counts = num_heads, num_kv_heads

    def forward(self, x, mask=None):
        self.calls += 1
        B, T, _ = x.shape
        heads, shared = self.counts
        q = self.q_proj.heads(x, heads).unflatten(2, (shared, heads // shared))
        k, v = self.k_proj.heads(x, shared), self.v_proj.heads(x, shared)
        scores = torch.einsum("bqngd,bknd->bngqk", q, k) * self.scale
        if mask is not None:
            mask = mask.expand(B, heads, T, T).unflatten(1, (shared, heads // shared))
            scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
        mixed = torch.einsum("bngqk,bknd->bqngd", scores.softmax(-1), v)
        return self.o_proj(mixed.flatten(2))
