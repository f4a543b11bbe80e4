"""Queries and keys stay as [B, T, H, Dh], and what einsum gives is masked and softmaxed as it is.

Lines: 32
"""

import torch
from torch import Tensor, nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError(f"d_model={d_model} must be a multiple of num_heads={num_heads}")
        self.shape = (num_heads, d_model // num_heads)
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x: Tensor, cache: tuple[Tensor, Tensor] | None = None):
        q = self.q_proj(x).view(*x.shape[:2], *self.shape)
        k = self.k_proj(x).view(*x.shape[:2], *self.shape)
        v = self.v_proj(x).view(*x.shape[:2], *self.shape)

        past = 0
        if cache is not None:
            past = cache[0].shape[2]
            k = torch.cat([cache[0].transpose(1, 2), k], dim=1)
            v = torch.cat([cache[1].transpose(1, 2), v], dim=1)

        att = torch.einsum("bthd,bshd->bths", q, k)
        steps = torch.arange(past, past + x.shape[1], device=x.device)
        seen = torch.arange(k.shape[1], device=x.device) <= steps[:, None]
        att = att.masked_fill(~seen[:, None, :], float("-inf"))
        att = torch.softmax(att, dim=-1)

        out = torch.einsum("bths,bshd->bthd", att, v)
        out = out.reshape(x.shape)
        return self.o_proj(out), (k.transpose(1, 2), v.transpose(1, 2))
