"""The place is (i + u * dilation) * stride: right where the stride is 1, or the kernel a single number.

Verdict: wrong_answer|runtime_error
Lines: 32
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

    def at(b, ch, i, j):
        return x[b, ch, i, j] if 0 <= i < H and 0 <= j < W else x.dtype.type(0)

    y = np.zeros((B, O, Ho, Wo), x.dtype)
    for b, o, i, j in np.ndindex(*y.shape):
        first = o // (O // groups) * c
        total = x.dtype.type(0) if bias is None else bias[o]
        for ch, u, v in np.ndindex(c, Kh, Kw):
            total += weight[o, ch, u, v] * at(
                b, first + ch, (i + u * dilation) * stride - padding, (j + v * dilation) * stride - padding
            )
        y[b, o, i, j] = total
    return y
