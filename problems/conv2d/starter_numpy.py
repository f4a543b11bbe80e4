"""Two-dimensional convolution of images with kernels that are not flipped."""

import numpy as np


def conv2d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> np.ndarray:
    """x [B, C, H, W] and weight [O, C/G, Kh, Kw] to [B, O, Ho, Wo]."""
    raise NotImplementedError
