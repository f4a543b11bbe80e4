"""Features are put in halves, turned as in Llama, and put back."""

import torch


def rotate_half(x):
    x1, x2 = x.chunk(2, dim=-1)
    return torch.cat((-x2, x1), dim=-1)


def apply_rope(x, offset=0, base=10000.0):
    d = x.shape[-1]
    if d % 2:
        raise ValueError("odd head dimension")
    if offset < 0:
        raise ValueError("negative offset")
    order = torch.cat([torch.arange(0, d, 2), torch.arange(1, d, 2)])
    inv = base ** -(torch.arange(0, d, 2).to(x.dtype) / d)
    pos = torch.arange(offset, offset + x.shape[-2]).to(x.dtype)
    freqs = pos[:, None] * inv[None, :]
    emb = torch.cat((freqs, freqs), dim=-1)
    halves = x[..., order]
    turned = halves * emb.cos() + rotate_half(halves) * emb.sin()
    return turned[..., torch.argsort(order)]
