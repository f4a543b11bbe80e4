"""The strides are computed from the shape: wrong for an image that is transposed, sliced or expanded, and not padded.

Verdict: wrong_answer|runtime_error
Lines: 26
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
    if padding > 0:
        x = F.pad(x, (padding,) * 4)
    B, C, H, W = x.shape
    Ho = (H - dilation * (Kh - 1) - 1) // stride + 1
    Wo = (W - dilation * (Kw - 1) - 1) // stride + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel")
    windows = x.as_strided(
        (B, groups, c, Ho, Wo, Kh, Kw),
        (C * H * W, c * H * W, H * W, stride * W, stride, dilation * W, dilation),
    )
    y = torch.einsum("bgchwuv,gocuv->bgohw", windows, weight.unflatten(0, (groups, -1))).flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
