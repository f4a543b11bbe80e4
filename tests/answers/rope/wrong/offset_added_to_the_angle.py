"""The offset is added to the angle: every pair is turned by offset radians more.

Verdict: wrong_answer
Lines: 15
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    d = x.shape[-1]
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    inv_freq = base ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    angles = torch.outer(torch.arange(x.shape[2], dtype=x.dtype), inv_freq) + offset
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
