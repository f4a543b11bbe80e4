"""Frequencies as every tutorial writes them, in float32.

Lines: 13, 14
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    d = x.shape[-1]
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    inv_freq = base ** (-2 * torch.arange(0, d // 2).float() / d)
    angles = torch.einsum("t,f->tf", torch.arange(offset, offset + x.shape[2]).float(), inv_freq)
    cos, sin = angles.cos(), angles.sin()
    pairs = x.unflatten(-1, (-1, 2))
    a, b = pairs.unbind(-1)
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
