"""Layer and RMS normalization over the last dimension."""

import torch


def layer_norm(
    x: torch.Tensor, weight: torch.Tensor | None = None, bias: torch.Tensor | None = None, eps: float = 1e-5
) -> torch.Tensor:
    """Each row of x [..., D] to mean 0 and variance 1, times weight [D], plus bias [D]."""
    raise NotImplementedError


def rms_norm(x: torch.Tensor, weight: torch.Tensor | None = None, eps: float = 1e-6) -> torch.Tensor:
    """Each row of x [..., D] divided by the root of its mean square, times weight [D]."""
    raise NotImplementedError
