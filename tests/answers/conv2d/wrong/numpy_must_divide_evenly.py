"""A stride that leaves rows over at the end is refused.

Verdict: runtime_error|wrong_answer
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
    free_h = H + 2 * padding - dilation * (Kh - 1) - 1
    free_w = W + 2 * padding - dilation * (Kw - 1) - 1
    if free_h < 0 or free_w < 0 or free_h % stride or free_w % stride:
        raise ValueError("invalid configuration: the kernel does not tile the image")
    Ho, Wo = free_h // stride + 1, free_w // stride + 1
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    y = np.zeros((B, groups, O // groups, Ho, Wo), x.dtype)
    pg = p.reshape(B, groups, c, *p.shape[2:])
    wg = weight.reshape(groups, -1, c, Kh, Kw)
    for u in range(Kh):
        for v in range(Kw):
            part = pg[..., u * dilation :: stride, v * dilation :: stride][..., :Ho, :Wo]
            y += np.einsum("bgchw,goc->bgohw", part, wg[..., u, v])
    y = y.reshape(B, O, Ho, Wo)
    return y if bias is None else y + bias[:, None, None]
