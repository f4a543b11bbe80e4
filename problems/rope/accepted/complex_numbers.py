import torch


def apply_rope(x, offset=0, base=10000.0):
    """Pairs as complex numbers, turned by a multiplication."""
    if x.shape[-1] % 2:
        raise ValueError("an even width is needed to make pairs")
    if offset < 0:
        raise ValueError("offset must be >= 0")
    half = x.shape[-1] // 2
    frequencies = 1.0 / base ** (torch.arange(half, dtype=x.dtype) / half)
    positions = torch.arange(x.shape[2], dtype=x.dtype) + offset
    angles = torch.outer(positions, frequencies)
    turns = torch.polar(torch.ones_like(angles), angles)
    points = torch.view_as_complex(x.reshape(*x.shape[:-1], half, 2).contiguous())
    return torch.view_as_real(points * turns).reshape(x.shape)
