"""np.correlate row by row.

Verdict: forbidden
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
    wide = np.zeros((O, c, Kh, dilation * (Kw - 1) + 1), x.dtype)
    wide[..., ::dilation] = weight
    y = np.zeros((B, O, Ho, Wo), x.dtype)
    for b, o, i, ch, u in np.ndindex(B, O, Ho, c, Kh):
        row = p[b, o // (O // groups) * c + ch, i * stride + u * dilation]
        y[b, o, i] += np.correlate(row, wide[o, ch, u], "valid")[::stride][:Wo]
    return y if bias is None else y + bias[:, None, None]
