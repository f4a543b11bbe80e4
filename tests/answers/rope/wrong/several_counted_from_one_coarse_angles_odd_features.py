"""Positions are counted from 1, the angles are float32 for float64 inputs too,
and an odd number of features is not refused with ValueError.

Verdict: wrong_answer
Lines: 15, 17, 23
Mistakes: 3
"""

import torch
from torch import Tensor


def _turns(count: int, first: int, features: int, base: float) -> Tensor:
    """e^(i p theta) for each position and pair."""
    kind = torch.float32
    theta = base ** (-torch.arange(0, features, 2, dtype=kind) / features)
    angles = torch.outer(first + torch.arange(1, count + 1, dtype=kind), theta)
    return torch.polar(torch.ones_like(angles), angles)


def apply_rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    *_, tokens, features = x.shape
    if offset < 0:
        raise ValueError("RoPE cannot turn this")
    turns = _turns(tokens, offset, features, base)
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * turns.to(pairs.dtype)).flatten(-2)
