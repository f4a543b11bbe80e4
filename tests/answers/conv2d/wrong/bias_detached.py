"""The bias is added by its data: it gets no gradient.

Verdict: wrong_answer
Lines: 27, 28
"""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if c * groups != x.shape[1] or O % groups:
        raise ValueError("groups")
    if bias is not None and bias.shape[0] != O:
        raise ValueError("bias")
    Sh, Sw = dilation * (Kh - 1) + 1, dilation * (Kw - 1) + 1
    x = F.pad(x, (padding,) * 4)
    if x.shape[2] < Sh or x.shape[3] < Sw:
        raise ValueError("kernel")
    w = x.unfold(2, Sh, stride).unfold(3, Sw, stride)[..., ::dilation, ::dilation]
    y = torch.einsum("bgchwuv,gocuv->bgohw", w.unflatten(1, (groups, c)), weight.unflatten(0, (groups, -1)))
    y = y.flatten(1, 2)
    if bias is not None:
        for o, number in enumerate(bias.tolist()):
            y[:, o] += number
    return y
