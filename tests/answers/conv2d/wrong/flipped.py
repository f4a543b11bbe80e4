"""The kernel is flipped, as in mathematics.

Verdict: wrong_answer
Lines: 24
"""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("options out of range")
    o, c, kh, kw = weight.shape
    if x.size(1) != c * groups or o % groups:
        raise ValueError("groups")
    if bias is not None and len(bias) != o:
        raise ValueError("bias")
    span = [dilation * (k - 1) + 1 for k in (kh, kw)]
    x = F.pad(x, [padding] * 4)
    if any(s > n for s, n in zip(span, x.shape[-2:])):
        raise ValueError("the kernel does not fit")
    windows = x.unfold(2, span[0], stride).unfold(3, span[1], stride)[..., ::dilation, ::dilation]
    weight = weight.flip(-1, -2)
    y = torch.einsum(
        "bgchwuv,gocuv->bgohw", windows.unflatten(1, (groups, c)), weight.unflatten(0, (groups, o // groups))
    ).flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
