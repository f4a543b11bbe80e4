"""The exponent of the frequencies lacks its factor 2, and the second feature of each pair turns the other way.

Verdict: wrong_answer
Lines: 17, 23
Mistakes: 2
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    dim = x.shape[-1]
    if dim % 2 != 0:
        raise ValueError("the number of features must be even")
    if offset < 0:
        raise ValueError("offset must not be negative")
    exponents = torch.arange(dim // 2, dtype=torch.float64) / dim
    positions = torch.arange(offset, offset + x.shape[2], dtype=torch.float64)
    angles = positions[:, None] * base**-exponents
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    even, odd = x[..., 0::2], x[..., 1::2]
    first = even * cos - odd * sin
    second = odd * cos - even * sin
    return torch.stack([first, second], dim=-1).flatten(-2)
