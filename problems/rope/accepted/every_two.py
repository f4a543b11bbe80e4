import torch


def rotate_every_two(x):
    return torch.stack((-x[..., 1::2], x[..., ::2]), dim=-1).flatten(-2)


def apply_rope(x, offset=0, base=10000.0):
    """Cosines and sines repeated for both features of a pair, and the features turned by a quarter."""
    *_, seq_len, dim = x.shape
    if dim % 2 != 0 or offset < 0:
        raise ValueError(f"bad width or offset: {dim}, {offset}")
    inv_freq = 1.0 / (base ** (torch.arange(0, dim, 2, dtype=x.dtype, device=x.device) / dim))
    t = torch.arange(offset, offset + seq_len, dtype=x.dtype, device=x.device)
    freqs = torch.einsum("i,j->ij", t, inv_freq).repeat_interleave(2, dim=-1)
    return x * freqs.cos()[None, None] + rotate_every_two(x) * freqs.sin()[None, None]
