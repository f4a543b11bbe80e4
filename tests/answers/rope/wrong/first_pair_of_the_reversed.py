"""The frequencies are right and go to the pairs in reverse.

Verdict: wrong_answer
Lines: 14
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    d = x.shape[-1]
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    inv_freq = (base ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)).flip(0)
    angles = torch.outer(torch.arange(offset, offset + x.shape[2], dtype=x.dtype), inv_freq)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
