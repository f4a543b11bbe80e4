"""The other way round: each number of the image is carried to all the places that read it."""

import numpy as np


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("option")
    B, C, H, W = x.shape
    O, c, Kh, Kw = weight.shape
    if C != c * groups or O % groups or (bias is not None and len(bias) != O):
        raise ValueError("shapes")
    Ho = (H + 2 * padding - dilation * (Kh - 1) - 1) // stride + 1
    Wo = (W + 2 * padding - dilation * (Kw - 1) - 1) // stride + 1
    if Ho <= 0 or Wo <= 0:
        raise ValueError("the kernel is larger than the image")

    def targets(at, size, kernel):
        """Where the number at this row (or column) is read: pairs of a place and an offset inside the kernel."""
        for k in range(kernel):
            place, rest = divmod(at + padding - k * dilation, stride)
            if rest == 0 and 0 <= place < size:
                yield place, k

    result = np.zeros((B, O, Ho, Wo), x.dtype)
    per_group = O // groups
    for g in range(groups):
        kernels = slice(g * per_group, (g + 1) * per_group)
        channels = slice(g * c, (g + 1) * c)
        for r in range(H):
            to_rows = list(targets(r, Ho, Kh))
            for s in range(W):
                to_columns = list(targets(s, Wo, Kw))
                for i, u in to_rows:
                    for j, v in to_columns:
                        result[:, kernels, i, j] += x[:, channels, r, s] @ weight[kernels, :, u, v].T
    return result if bias is None else result + bias[None, :, None, None]
