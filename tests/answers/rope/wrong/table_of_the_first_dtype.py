"""The cosines are kept from call to call by all that they hang on but the dtype.

Verdict: wrong_answer
Lines: 31, 14
"""

import functools

import torch


@functools.cache
def table(T, offset, theta):
    angles = (torch.arange(T, dtype=FIRST[0]) + offset) * theta
    return torch.cos(angles), torch.sin(angles)


FIRST = []


def apply_rope(x, offset=0, base=10000.0):
    B, H, T, Dh = x.shape
    if Dh % 2 != 0:
        raise ValueError("Dh is odd.")
    if offset < 0:
        raise ValueError("The offset is negative.")
    FIRST[:] = [x.dtype]
    features = []
    for i in range(Dh // 2):
        theta = 1.0 / base ** (2 * i / Dh)
        cos, sin = (each.to(x.dtype) for each in table(T, offset, theta))
        even, odd = x[..., 2 * i], x[..., 2 * i + 1]
        features.append(even * cos - odd * sin)
        features.append(even * sin + odd * cos)
    return torch.stack(features, dim=-1)
