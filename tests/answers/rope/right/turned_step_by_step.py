"""Each token is turned by the angle of one step more than the one before; numbers are float64 until the end."""

import cmath
import math

import torch


def apply_rope(x, offset=0, base=10000.0):
    width = x.shape[3]
    if width % 2 or offset < 0:
        raise ValueError("the width must be even and the offset at least 0")
    rows = []
    for p in range(offset, offset + x.shape[2]):
        row = [cmath.exp(1j * p * math.exp(-math.log(base) * 2 * i / width)) for i in range(width // 2)]
        rows.append(row)
    factor = torch.tensor(rows, dtype=torch.complex128)
    z = torch.complex(x[..., 0::2].double(), x[..., 1::2].double()) * factor
    return torch.stack((z.real, z.imag), 4).flatten(3).to(x.dtype)
