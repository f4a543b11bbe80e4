"""Exponents run from 0 to 1 with both ends, as linspace makes them.

Verdict: wrong_answer
Lines: 14
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    d = x.shape[-1]
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    inv_freq = base ** -torch.linspace(0, 1, d // 2, dtype=x.dtype)
    angles = torch.outer(torch.arange(offset, offset + x.shape[2], dtype=x.dtype), inv_freq)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
