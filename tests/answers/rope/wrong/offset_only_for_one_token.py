"""The offset counts only where a single token comes; a longer piece starts at 0.

Verdict: wrong_answer
Lines: 15
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    d, t = x.shape[-1], x.shape[-2]
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    inv_freq = base ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    start = offset if t == 1 else 0
    angles = torch.outer(torch.arange(start, start + t, dtype=x.dtype), inv_freq)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
