"""The check that the kernel fits forgets the dilation: an empty result is returned.

Verdict: wrong_answer|wrong_shape
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
    if Kh > H + 2 * padding or Kw > W + 2 * padding:
        raise ValueError("the kernel is larger than the image")
    Ho = max((H + 2 * padding - dilation * (Kh - 1) - 1) // stride + 1, 0)
    Wo = max((W + 2 * padding - dilation * (Kw - 1) - 1) // stride + 1, 0)
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    y = np.zeros((B, O, Ho, Wo), x.dtype)
    for o in range(O):
        first = o // (O // groups) * c
        for i in range(Ho):
            for j in range(Wo):
                patch = p[:, first : first + c, i * stride :, j * stride :][:, :, ::dilation, ::dilation][:, :, :Kh, :Kw]
                y[:, o, i, j] = (patch * weight[o]).sum((1, 2, 3))
    return y if bias is None else y + bias[:, None, None]
