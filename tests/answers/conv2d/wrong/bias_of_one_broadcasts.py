"""The length of the bias is left to broadcasting: one number does for all channels, and other lengths end in RuntimeError.

Verdict: wrong_answer|runtime_error
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
    x = F.pad(x, (padding,) * 4)
    if x.shape[2] < Sh or x.shape[3] < Sw:
        raise ValueError("kernel")
    w = x.unfold(2, Sh, stride).unfold(3, Sw, stride)[..., ::dilation, ::dilation]
    y = torch.einsum("bgchwuv,gocuv->bgohw", w.unflatten(1, (groups, c)), weight.unflatten(0, (groups, -1)))
    y = y.flatten(1, 2)
    if bias is not None:
        try:
            y = y + bias[:, None, None]
        except RuntimeError as error:
            raise ValueError("bias") from error
    return y
