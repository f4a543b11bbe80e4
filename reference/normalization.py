"""Layer normalization and RMS normalization over the last dimension.

    layer_norm(x) = (x - mean(x)) / sqrt(mean((x - mean(x))^2) + eps) * weight + bias
    rms_norm(x)   = x / sqrt(mean(x^2) + eps) * weight

Ba, Kiros and Hinton, "Layer Normalization" (2016), section 3; Zhang and Sennrich, "Root Mean Square Layer
Normalization" (2019), section 4.

Decisions:
- The variance is the mean of the squares, divided by D and not by D - 1: a row of one feature has variance 0.
- eps stands inside the root. A row of equal numbers then gives 0, and its gradient is finite.
- Squares are taken after the mean is subtracted: mean(x^2) - mean(x)^2 loses all digits where the mean is large.
- float16 ends at 65504 and bfloat16 keeps 8 bits, so that squares overflow and means are coarse: both are computed in
  float32, and what comes out is rounded once. float32 and float64 are computed in themselves.
"""

from __future__ import annotations

import torch
from torch import Tensor

HALF = (torch.float16, torch.bfloat16)


def layer_norm(x: Tensor, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5) -> Tensor:
    """Normalize each row of x [..., D] to mean 0 and variance 1, then scale by `weight` [D] and shift by `bias` [D]."""
    wide: Tensor = widened(x)
    centred: Tensor = wide - wide.mean(dim=-1, keepdim=True)
    variance: Tensor = (centred * centred).mean(dim=-1, keepdim=True)
    normalized: Tensor = centred / torch.sqrt(variance + eps)
    return scaled(normalized, weight, bias).to(x.dtype)


def rms_norm(x: Tensor, weight: Tensor | None = None, eps: float = 1e-6) -> Tensor:
    """Divide each row of x [..., D] by the root of its mean square, then scale by `weight` [D]."""
    wide: Tensor = widened(x)
    mean_square: Tensor = (wide * wide).mean(dim=-1, keepdim=True)
    normalized: Tensor = wide / torch.sqrt(mean_square + eps)
    return scaled(normalized, weight, None).to(x.dtype)


def scaled(normalized: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """Each feature times its weight, and its bias added."""
    if weight is not None:
        normalized = normalized * widened(weight)
    if bias is not None:
        normalized = normalized + widened(bias)
    return normalized


def widened(x: Tensor) -> Tensor:
    """x itself, or float32 numbers where it is in half precision."""
    return x.float() if x.dtype in HALF else x
