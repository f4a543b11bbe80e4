"""Places are worked off in blocks of 1024, and an incomplete last block is left at 0 — unless it is the only one.

Verdict: wrong_answer
Lines: 29
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if min(stride, dilation, groups) < 1 or padding < 0:
        raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if x.shape[1] != c * groups or O % groups:
        raise ValueError("groups")
    if bias is not None and bias.shape != (O,):
        raise ValueError("bias")
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    span = dilation * (Kh - 1) + 1, dilation * (Kw - 1) + 1
    if p.shape[2] < span[0] or p.shape[3] < span[1]:
        raise ValueError("kernel")
    w = sliding_window_view(p, span, (2, 3))[:, :, ::stride, ::stride, ::dilation, ::dilation]
    B, C, Ho, Wo = w.shape[:4]
    w = w.reshape(B, groups, c, Ho * Wo, Kh * Kw)
    k = weight.reshape(groups, O // groups, c, Kh * Kw)
    y = np.zeros((B, groups, O // groups, Ho * Wo), x.dtype)
    size = min(1024, Ho * Wo)
    for start in range(0, Ho * Wo - size + 1, size):
        y[..., start : start + size] = np.einsum("bgcpk,gock->bgop", w[:, :, :, start : start + size], k)
    y = y.reshape(B, O, Ho, Wo)
    return y if bias is None else y + bias[:, None, None]
