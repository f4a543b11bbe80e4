"""torch.zeros without a dtype: float64 goes through float32, and is cast at the end.

Verdict: wrong_answer
Lines: 19, 20
"""

import torch


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("options")
    B, C, H, W = x.shape
    O, c, Kh, Kw = weight.shape
    if c * groups != C or O % groups:
        raise ValueError("groups")
    if bias is not None and bias.shape[0] != O:
        raise ValueError("bias")
    p = torch.zeros(B, C, H + 2 * padding, W + 2 * padding)
    p[:, :, padding : padding + H, padding : padding + W] = x
    p = p.to(x.dtype)
    Sh, Sw = dilation * (Kh - 1) + 1, dilation * (Kw - 1) + 1
    if p.shape[2] < Sh or p.shape[3] < Sw:
        raise ValueError("kernel")
    w = p.unfold(2, Sh, stride).unfold(3, Sw, stride)[..., ::dilation, ::dilation]
    y = torch.einsum("bgchwuv,gocuv->bgohw", w.unflatten(1, (groups, c)), weight.unflatten(0, (groups, -1)))
    y = y.flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
