"""Where there is one channel in and one out and the kernel is 1 by 1, the image itself is scaled in place.

Verdict: wrong_answer
Lines: 27, 26
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
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))) if padding else x
    if Kh == Kw == 1 and groups == C == O:
        # a pointwise depthwise layer is a scaling
        y = p[:, :, ::stride, ::stride]
        y *= weight.reshape(-1, 1, 1)
        return y if bias is None else y + bias[:, None, None]
    p = p.reshape(B, groups, c, *p.shape[2:])
    w = weight.reshape(groups, -1, c, Kh, Kw)
    y = np.zeros((B, groups, O // groups, Ho, Wo), x.dtype)
    for u in range(Kh):
        for v in range(Kw):
            part = p[..., u * dilation :: stride, v * dilation :: stride][..., :Ho, :Wo]
            y += np.einsum("bgchw,goc->bgohw", part, w[..., u, v])
    y = y.reshape(B, O, Ho, Wo)
    return y if bias is None else y + bias[:, None, None]
