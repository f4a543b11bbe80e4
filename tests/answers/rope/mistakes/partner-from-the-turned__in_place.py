"""The first features of a copy are overwritten before the second ones are computed.

Lines: 17
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    d = x.shape[-1]
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    theta = base ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    angles = (torch.arange(x.shape[2]) + offset)[:, None] * theta
    out = x.clone(memory_format=torch.contiguous_format)
    out[..., 0::2] = out[..., 0::2].clone() * angles.cos() - out[..., 1::2].clone() * angles.sin()
    out[..., 1::2] = out[..., 0::2].clone() * angles.sin() + out[..., 1::2].clone() * angles.cos()
    return out
