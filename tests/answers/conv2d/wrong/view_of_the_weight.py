"""view on the weight, which fails where it is a view that can't be flattened.

Verdict: runtime_error
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
    w = x.unfold(2, Sh, stride).unfold(3, Sw, stride)[..., ::dilation, ::dilation]
    Ho, Wo = w.shape[2:4]
    columns = w.permute(0, 1, 4, 5, 2, 3).reshape(len(x), groups, c * Kh * Kw, Ho * Wo)
    y = (weight.view(groups, O // groups, c * Kh * Kw) @ columns).reshape(len(x), O, Ho, Wo)
    return y if bias is None else y + bias[:, None, None]
