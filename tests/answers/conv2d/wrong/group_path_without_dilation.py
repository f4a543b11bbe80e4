"""The path for several groups does not pass the dilation on.

Verdict: wrong_answer|wrong_shape
Lines: 23
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
    if dilation * (Kh - 1) >= x.shape[2] + 2 * padding or dilation * (Kw - 1) >= x.shape[3] + 2 * padding:
        raise ValueError("kernel")
    if groups > 1:
        b = [None] * groups if bias is None else bias.chunk(groups)
        return torch.cat(
            [
                conv2d(a, w, bb, stride=stride, padding=padding)
                for a, w, bb in zip(x.chunk(groups, 1), weight.chunk(groups), b)
            ],
            1,
        )
    x = F.pad(x, (padding,) * 4)
    w = x.unfold(2, dilation * (Kh - 1) + 1, stride).unfold(3, dilation * (Kw - 1) + 1, stride)[..., ::dilation, ::dilation]
    y = torch.einsum("bchwuv,ocuv->bohw", w, weight)
    return y if bias is None else y + bias[:, None, None]
