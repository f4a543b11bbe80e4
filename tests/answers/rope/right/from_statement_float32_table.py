"""The table of angles as most repositories have it, all in the dtype of x: powers, outer product, repeat_interleave.

Verdict: accepted
"""

import torch


def turned(x):
    return torch.stack((-x[..., 1::2], x[..., ::2]), dim=-1).reshape(x.shape)


def apply_rope(x, offset=0, base=10000.0):
    if x.size(-1) & 1 or offset < 0:
        raise ValueError
    inv_freq = 1.0 / torch.pow(base, torch.arange(0, x.size(-1), 2, dtype=x.dtype) / x.size(-1))
    t = torch.arange(offset, offset + x.size(-2), dtype=x.dtype)
    freqs = torch.einsum("i,j->ij", t, inv_freq).repeat_interleave(2, dim=-1)
    return x * freqs.cos() + turned(x) * freqs.sin()
