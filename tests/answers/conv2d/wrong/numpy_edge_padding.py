"""The edge is repeated instead of zeros.

Verdict: wrong_answer
Lines: 19
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
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="edge")
    span = dilation * (Kh - 1) + 1, dilation * (Kw - 1) + 1
    w = sliding_window_view(p, span, (2, 3))[:, :, ::stride, ::stride, ::dilation, ::dilation]
    w = w.reshape(len(x), groups, c, *w.shape[2:])
    y = np.einsum("bgchwuv,gocuv->bgohw", w, weight.reshape(groups, -1, c, Kh, Kw))
    y = y.reshape(len(x), O, *y.shape[3:])
    return y if bias is None else y + bias[:, None, None]
