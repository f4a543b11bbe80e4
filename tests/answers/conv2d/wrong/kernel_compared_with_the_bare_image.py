"""A kernel that fits only thanks to the padding is refused.

Verdict: runtime_error|wrong_answer
Lines: 19
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
    if dilation * (Kh - 1) + 1 > x.shape[2] or dilation * (Kw - 1) + 1 > x.shape[3]:
        raise ValueError("the kernel is larger than the image")
    x = F.pad(x, (padding,) * 4)
    w = x.unfold(2, dilation * (Kh - 1) + 1, stride).unfold(3, dilation * (Kw - 1) + 1, stride)[..., ::dilation, ::dilation]
    y = torch.einsum("bgchwuv,gocuv->bgohw", w.unflatten(1, (groups, c)), weight.unflatten(0, (groups, -1)))
    y = y.flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
