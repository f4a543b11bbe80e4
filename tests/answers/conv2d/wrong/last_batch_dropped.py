"""Images are worked off in fours, and what is left over at the end of a batch is not: an image beyond the last four is zero.

Verdict: wrong_answer
Lines: 29
"""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    Sh, Sw = dilation * (Kh - 1) + 1, dilation * (Kw - 1) + 1
    if c * groups != x.shape[1] or O % groups:
        raise ValueError("groups")
    if bias is not None and bias.shape[0] != O:
        raise ValueError("bias")
    x = F.pad(x, (padding,) * 4)
    if x.shape[2] < Sh or x.shape[3] < Sw:
        raise ValueError("kernel")
    w = x.unfold(2, Sh, stride).unfold(3, Sw, stride)[..., ::dilation, ::dilation].unflatten(1, (groups, c))
    k = weight.unflatten(0, (groups, -1))
    if len(x) <= 4:
        y = torch.einsum("bgchwuv,gocuv->bgohw", w, k)
    else:
        y = x.new_zeros(len(x), groups, O // groups, *w.shape[3:5])
        for start in range(0, len(x) - 3, 4):
            y[start : start + 4] = torch.einsum("bgchwuv,gocuv->bgohw", w[start : start + 4], k)
    y = y.flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
