"""The table is kept by length and width: another base gets that of the first call.

Verdict: wrong_answer
Lines: 16, 20
"""

import torch

CACHE = {}


def apply_rope(x, offset=0, base=10000.0):
    d, t = x.shape[-1], x.shape[-2]
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    key = (t, d, offset, x.dtype)
    if key not in CACHE:
        inv_freq = base ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
        CACHE[key] = torch.outer(torch.arange(offset, offset + t, dtype=x.dtype), inv_freq)
    angles = CACHE[key]
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
