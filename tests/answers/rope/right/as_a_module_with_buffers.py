"""A module that keeps its inverse frequencies, made anew for each call; products are added in place."""

import torch
from torch import nn


class Rotary(nn.Module):
    def __init__(self, dim: int, base: float, dtype: torch.dtype):
        super().__init__()
        if dim % 2:
            raise ValueError(f"dim must be even, got {dim}")
        exponents = torch.arange(0, dim, 2, dtype=dtype).div(dim)
        self.register_buffer("inv_freq", torch.pow(torch.as_tensor(base, dtype=dtype), exponents).reciprocal())

    def forward(self, x: torch.Tensor, offset: int) -> torch.Tensor:
        if offset < 0:
            raise ValueError(f"offset must not be negative, got {offset}")
        t = torch.arange(offset, offset + x.shape[-2]).to(self.inv_freq)
        emb = (t[:, None] @ self.inv_freq[None, :]).repeat_interleave(2, -1)
        swapped = x.unflatten(-1, (-1, 2)).flip(-1).flatten(-2)
        sign = torch.tensor([-1.0, 1.0], dtype=x.dtype).repeat(x.shape[-1] // 2)
        out = x * emb.cos()
        out += swapped * (sign * emb.sin())
        return out


def apply_rope(x, offset=0, base=10000.0):
    return Rotary(x.size(-1), base, x.dtype)(x, offset)
