"""Complex numbers of torch.polar in float64; where nothing is turned, x itself comes back.

Verdict: accepted
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    width = x.shape[-1]
    if width % 2 or offset < 0:
        raise ValueError("an odd width or a negative offset")
    if offset == 0 and x.shape[2] == 1:
        return x
    theta = base ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    angles = torch.outer(torch.arange(offset, offset + x.shape[-2], dtype=torch.float64), theta)
    turn = torch.polar(torch.ones_like(angles), angles)
    pairs = torch.view_as_complex(x.double().unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * turn).flatten(-2).to(x.dtype)
