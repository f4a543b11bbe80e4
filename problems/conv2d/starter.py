"""Two-dimensional convolution of images with kernels that are not flipped."""

import torch


def conv2d(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> torch.Tensor:
    """x [B, C, H, W] and weight [O, C/G, Kh, Kw] to [B, O, Ho, Wo]."""
    raise NotImplementedError
