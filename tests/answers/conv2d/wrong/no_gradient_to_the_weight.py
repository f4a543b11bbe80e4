"""The kernels are copied by .data: their gradient is missing.

Verdict: wrong_answer
Lines: 24
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
    kernel = torch.zeros(O, c, Sh, Sw, dtype=weight.dtype)
    kernel[:, :, ::dilation, ::dilation] = weight.data
    w = x.unfold(2, Sh, stride).unfold(3, Sw, stride)
    y = torch.einsum("bgchwuv,gocuv->bgohw", w.unflatten(1, (groups, c)), kernel.unflatten(0, (groups, -1)))
    y = y.flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
