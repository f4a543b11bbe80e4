"""The mean of every window, by one sum over slices."""

from __future__ import annotations

import torch
from torch import Tensor


def moving_average(x: Tensor, width: int) -> Tensor:
    """Means of the windows of x [B, T]: [B, T - width + 1].

    Raises:
        ValueError: the width is not from 1 to T.
    """
    last = x.shape[1] - width
    if width < 1 or last < 0:
        raise ValueError(f"a width of {width} does not fit {x.shape[1]} numbers")
    windows_BWT = torch.stack([x[:, k : k + last + 1] for k in range(width)], dim=1)
    return windows_BWT.sum(dim=1) / width
