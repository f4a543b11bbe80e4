"""With groups, every group is given the first entries of the bias.

Verdict: wrong_answer
Lines: 15, 30
"""

import torch
import torch.nn.functional as F


def one_group(x, weight, bias, stride, dilation):
    Kh, Kw = weight.shape[2:]
    w = x.unfold(2, dilation * (Kh - 1) + 1, stride).unfold(3, dilation * (Kw - 1) + 1, stride)[..., ::dilation, ::dilation]
    y = torch.einsum("bchwuv,ocuv->bohw", w, weight)
    return y if bias is None else y + bias[: len(weight), None, None]


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if c * groups != x.shape[1] or O % groups:
        raise ValueError("groups")
    if bias is not None and bias.shape[0] != O:
        raise ValueError("bias")
    x = F.pad(x, (padding,) * 4)
    if dilation * (Kh - 1) >= x.shape[2] or dilation * (Kw - 1) >= x.shape[3]:
        raise ValueError("kernel")
    pairs = zip(x.chunk(groups, 1), weight.chunk(groups))
    return torch.cat([one_group(a, w, bias, stride, dilation) for a, w in pairs], 1)
