"""The two halves are put behind each other.

Lines: 17
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    d = x.shape[-1]
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    inv_freq = base ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    angles = torch.outer(torch.arange(offset, offset + x.shape[2], dtype=x.dtype), inv_freq)
    cos, sin = angles.cos(), angles.sin()
    real, imag = x[..., 0::2], x[..., 1::2]
    return torch.cat((real * cos - imag * sin, real * sin + imag * cos), dim=-1)
