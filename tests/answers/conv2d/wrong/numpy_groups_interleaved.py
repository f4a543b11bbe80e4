"""Kernel o reads the block o % G: kernels are dealt out like cards, instead of cut into blocks.

Verdict: wrong_answer
Lines: 26
Mistake: kernels-dealt-to-groups
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
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    y = np.zeros((B, O, Ho, Wo), x.dtype)
    for o in range(O):
        first = (o % groups) * c
        for u in range(Kh):
            for v in range(Kw):
                part = p[:, first : first + c, u * dilation :: stride, v * dilation :: stride][:, :, :Ho, :Wo]
                y[:, o] += np.einsum("bchw,c->bhw", part, weight[o, :, u, v])
    if bias is not None:
        y += bias[:, None, None]
    return y
