"""The numbers that a place reads are gathered by an index that is kept in a byte: wrong for padded images of more than 256 numbers.

Verdict: wrong_answer
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
    x = F.pad(x, (padding,) * 4)
    B, C, H, W = x.shape
    if H <= dilation * (Kh - 1) or W <= dilation * (Kw - 1):
        raise ValueError("kernel")
    number = torch.arange(H * W).to(torch.uint8).reshape(H, W)
    index = number.unfold(0, dilation * (Kh - 1) + 1, stride).unfold(1, dilation * (Kw - 1) + 1, stride)
    index = index[..., ::dilation, ::dilation].long()
    patches = x.reshape(B, groups, c, H * W)[..., index]
    y = torch.einsum("bgchwuv,gocuv->bgohw", patches, weight.unflatten(0, (groups, -1))).flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
