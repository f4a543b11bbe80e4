"""Padding above and to the left only: below and to the right, the last row and column are read again instead of zeros.

Verdict: wrong_answer
Lines: 23, 24, 25
"""

import numpy as np


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if min(stride, dilation, groups) < 1 or padding < 0:
        raise ValueError("options")
    B, C, H, W = x.shape
    O, c, Kh, Kw = weight.shape
    if C % groups or O % groups or C // groups != c:
        raise ValueError("groups")
    if bias is not None and bias.shape != (O,):
        raise ValueError("bias")
    Ho = (H + 2 * padding - dilation * (Kh - 1) - 1) // stride + 1
    Wo = (W + 2 * padding - dilation * (Kw - 1) - 1) // stride + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel")
    p = np.pad(x, ((0, 0), (0, 0), (padding, 0), (padding, 0)))
    rows = np.minimum(np.arange(Ho)[:, None] * stride + np.arange(Kh) * dilation, H + padding - 1)
    cols = np.minimum(np.arange(Wo)[:, None] * stride + np.arange(Kw) * dilation, W + padding - 1)
    patches = p[:, :, rows[:, None, :, None], cols[None, :, None, :]]
    patches = patches.reshape(B, groups, c, Ho, Wo, Kh, Kw)
    y = np.einsum("bgchwuv,gocuv->bgohw", patches, weight.reshape(groups, -1, c, Kh, Kw)).reshape(B, O, Ho, Wo)
    return y if bias is None else y + bias[:, None, None]
