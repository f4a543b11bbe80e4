"""The padded frame is kept by its shape and filled anew, but its border is not cleared: another padding of the same size leaves
old numbers there.

Verdict: wrong_answer
Lines: 19, 18, 15
"""

import numpy as np

_frames = {}


def frame(x, padding):
    B, C, H, W = x.shape
    key = (B, C, H + 2 * padding, W + 2 * padding, x.dtype.str)
    if key not in _frames:
        _frames[key] = np.zeros(key[:4], x.dtype)
    p = _frames[key]
    p[:, :, padding : padding + H, padding : padding + W] = x
    return p


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if min(stride, dilation, groups) < 1 or padding < 0:
        raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if x.shape[1] != c * groups or O % groups:
        raise ValueError("groups")
    if bias is not None and bias.shape != (O,):
        raise ValueError("bias")
    B, C, H, W = x.shape
    Ho = (H + 2 * padding - dilation * (Kh - 1) - 1) // stride + 1
    Wo = (W + 2 * padding - dilation * (Kw - 1) - 1) // stride + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel")
    p = frame(x, padding).reshape(B, groups, c, H + 2 * padding, W + 2 * padding)
    w = weight.reshape(groups, -1, c, Kh, Kw)
    y = 0
    for u in range(Kh):
        for v in range(Kw):
            part = p[..., u * dilation :: stride, v * dilation :: stride][..., :Ho, :Wo]
            y = y + np.einsum("bgchw,goc->bgohw", part, w[..., u, v])
    y = y.reshape(B, O, Ho, Wo)
    return y if bias is None else y + bias[:, None, None]
