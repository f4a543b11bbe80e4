"""Every number is taken out and put into a new tensor, which has no gradient.

Verdict: wrong_answer
Lines: 16, 25
"""

import math

import torch


def apply_rope(x, offset=0, base=10000.0):
    B, H, T, D = x.shape
    if D % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    values = x.tolist()
    for b in range(B):
        for h in range(H):
            for t in range(T):
                row = values[b][h][t]
                for i in range(0, D, 2):
                    angle = (offset + t) * base ** (-i / D)
                    c, s = math.cos(angle), math.sin(angle)
                    row[i], row[i + 1] = row[i] * c - row[i + 1] * s, row[i] * s + row[i + 1] * c
    return torch.tensor(values, dtype=x.dtype)
