"""A table of all positions from 0, of which the last ones are taken."""

import torch


def precompute(dim, end, base, dtype):
    freqs = base ** (-torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    angles = torch.arange(end, dtype=torch.float64).unsqueeze(1) * freqs.unsqueeze(0)
    return angles.cos().to(dtype), angles.sin().to(dtype)


def apply_rope(x, offset=0, base=10000.0):
    B, H, T, D = x.shape
    if D % 2 != 0:
        raise ValueError("head dim must be even")
    if offset < 0:
        raise ValueError("offset must be non-negative")
    cos, sin = precompute(D, offset + T, base, x.dtype)
    cos, sin = cos[offset:], sin[offset:]
    pairs = x.unflatten(-1, (D // 2, 2))
    x1, x2 = pairs[..., 0], pairs[..., 1]
    out = torch.empty_like(x)
    out[..., 0::2] = x1 * cos - x2 * sin
    out[..., 1::2] = x2 * cos + x1 * sin
    return out
