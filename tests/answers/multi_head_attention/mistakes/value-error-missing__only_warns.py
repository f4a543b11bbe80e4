"""A width that can't be divided among the heads only gives a warning."""

import math
import warnings

import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        if d_model % num_heads != 0:
            warnings.warn("d_model should be divisible by num_heads", stacklevel=2)
        self.num_heads = num_heads
        self.head_dim = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def _heads(self, x: Tensor) -> Tensor:
        return torch.stack(x.split(self.head_dim, dim=-1), dim=1)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        q, k, v = self._heads(self.q_proj(query)), self._heads(self.k_proj(key)), self._heads(self.v_proj(value))
        attn = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(self.head_dim)
        if mask is not None:
            attn = torch.where(mask, attn, torch.full_like(attn, -math.inf))
        attn = torch.softmax(attn, dim=-1)
        out = torch.matmul(attn, v)
        return self.o_proj(torch.cat(list(out.unbind(1)), dim=-1))
