"""The checks are assertions: AssertionError is no ValueError.

Verdict: wrong_answer|runtime_error
"""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    assert stride >= 1 and dilation >= 1 and groups >= 1 and padding >= 0
    O, c, Kh, Kw = weight.shape
    Sh, Sw = dilation * (Kh - 1) + 1, dilation * (Kw - 1) + 1
    assert c * groups == x.shape[1] and O % groups == 0
    assert bias is None or bias.shape[0] == O
    x = F.pad(x, (padding,) * 4)
    assert x.shape[2] >= Sh and x.shape[3] >= Sw
    w = x.unfold(2, Sh, stride).unfold(3, Sw, stride)[..., ::dilation, ::dilation]
    y = torch.einsum("bgchwuv,gocuv->bgohw", w.unflatten(1, (groups, c)), weight.unflatten(0, (groups, -1)))
    y = y.flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
