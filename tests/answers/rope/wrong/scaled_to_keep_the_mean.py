"""The result is divided by the norm of the cosine and sine, which is 1 but for a small constant.

Verdict: wrong_answer
Lines: 17, 19
"""

import torch


def apply_rope(x, offset=0, base=10000.0):
    d = x.shape[-1]
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    inv_freq = base ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    angles = torch.outer(torch.arange(offset, offset + x.shape[2], dtype=x.dtype), inv_freq)
    cos, sin = angles.cos(), angles.sin()
    norm = (cos**2 + sin**2 + 1e-5).sqrt()
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos) , -1).flatten(-2) / norm.repeat_interleave(2, -1)
