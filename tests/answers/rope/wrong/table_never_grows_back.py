"""The table is kept while it is long enough, whatever dtype it has: after float32, float64 gets the coarse one.

Verdict: wrong_answer
Lines: 16, 17, 20
"""

import torch

TABLES = {}


def apply_rope(x, offset=0, base=10000.0):
    d, end = x.shape[-1], offset + x.shape[-2]
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    kept = TABLES.get((d, base))
    if kept is None or kept.shape[0] < end:
        inv_freq = base ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
        kept = TABLES[d, base] = torch.outer(torch.arange(end, dtype=x.dtype), inv_freq)
    angles = kept[offset:end]
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
