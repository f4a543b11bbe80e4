"""Only the first seven rows and columns of a kernel are read.

Verdict: wrong_answer
Lines: 26, 27
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
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))).reshape(B, groups, c, H + 2 * padding, -1)
    w = weight.reshape(groups, -1, c, Kh, Kw)
    y = np.zeros((B, groups, O // groups, Ho, Wo), x.dtype)
    for u, _ in zip(range(Kh), range(7)):
        for v, _ in zip(range(Kw), range(7)):
            part = p[..., u * dilation :: stride, v * dilation :: stride][..., :Ho, :Wo]
            y += np.einsum("bgchw,goc->bgohw", part, w[..., u, v])
    y = y.reshape(B, O, Ho, Wo)
    return y if bias is None else y + bias[:, None, None]
