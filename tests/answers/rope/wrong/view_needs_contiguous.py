"""view_as_complex on a view of x: fails where the memory of x is not in order.

Verdict: runtime_error
Lines: 17
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    B, H, T, D = x.shape
    if D % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    freqs = base ** (-torch.arange(0, D, 2, dtype=x.dtype) / D)
    angles = torch.outer(torch.arange(offset, offset + T, dtype=x.dtype), freqs)
    cis = torch.polar(torch.ones_like(angles), angles)
    z = torch.view_as_complex(x.view(B, H, T, D // 2, 2))
    return torch.view_as_real(z * cis).view(B, H, T, D)
