"""Rotary position embedding; the pairs are neighbouring features."""

import torch


def apply_rope(x: torch.Tensor, offset: int = 0, base: float = 10000.0) -> torch.Tensor:
    """Turn each pair of features of x [B, H, T, Dh] by its position, the first of which is offset."""
    raise NotImplementedError
