"""The indices are kept by the sizes of image and kernel, and not by stride and dilation, with which they were made.

Verdict: wrong_answer
Lines: 13
"""

import numpy as np

_indices = {}


def indices(H, W, Kh, Kw, stride, dilation, Ho, Wo):
    key = (H, W, Kh, Kw, Ho, Wo)
    if key not in _indices:
        rows = np.arange(Ho)[:, None] * stride + np.arange(Kh) * dilation
        cols = np.arange(Wo)[:, None] * stride + np.arange(Kw) * dilation
        _indices[key] = rows[:, None, :, None], cols[None, :, None, :]
    return _indices[key]


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if min(stride, dilation, groups) < 1 or padding < 0:
        raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if x.shape[1] != c * groups or O % groups:
        raise ValueError("groups")
    if bias is not None and bias.shape != (O,):
        raise ValueError("bias")
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    B, C, H, W = p.shape
    Ho = (H - dilation * (Kh - 1) - 1) // stride + 1
    Wo = (W - dilation * (Kw - 1) - 1) // stride + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel")
    rows, cols = indices(H, W, Kh, Kw, stride, dilation, Ho, Wo)
    patches = p[:, :, rows, cols].reshape(B, groups, c, Ho, Wo, Kh, Kw)
    y = np.einsum("bgchwuv,gocuv->bgohw", patches, weight.reshape(groups, -1, c, Kh, Kw)).reshape(B, O, Ho, Wo)
    return y if bias is None else y + bias[:, None, None]
