"""base is rounded down to a whole number.

Verdict: wrong_answer
Lines: 19
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    B, H, T, Dh = x.shape
    if Dh % 2 != 0:
        raise ValueError("Dh is odd.")
    if offset < 0:
        raise ValueError("The offset is negative.")
    positions = torch.arange(T, dtype=x.dtype) + offset
    features = []
    for i in range(Dh // 2):
        theta = 1.0 / int(base) ** (2 * i / Dh)
        cos, sin = torch.cos(positions * theta), torch.sin(positions * theta)
        even, odd = x[..., 2 * i], x[..., 2 * i + 1]
        features.append(even * cos - odd * sin)
        features.append(even * sin + odd * cos)
    return torch.stack(features, dim=-1)
