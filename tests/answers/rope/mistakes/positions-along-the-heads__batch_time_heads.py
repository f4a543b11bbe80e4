"""Written for [B, T, H, D].

Lines: 10, 15, 14
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    batch, seq, heads, d = x.shape
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    inv_freq = base ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    angles = torch.outer(torch.arange(offset, offset + seq, dtype=x.dtype), inv_freq)
    cos, sin = angles.cos()[None, :, None, :], angles.sin()[None, :, None, :]
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
