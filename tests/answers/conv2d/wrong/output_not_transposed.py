"""The product is [B, places, O], and is reshaped to [B, O, Ho, Wo] without a transposition.

Verdict: wrong_answer
Lines: 32
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
    if Sh > x.shape[2] or Sw > x.shape[3]:
        raise ValueError("kernel")
    w = x.unfold(2, Sh, stride).unfold(3, Sw, stride)[..., ::dilation, ::dilation]
    Ho, Wo = w.shape[2:4]
    parts = []
    for patch, kernel in zip(w.chunk(groups, 1), weight.chunk(groups)):
        columns = patch.permute(0, 2, 3, 1, 4, 5).reshape(len(x), Ho * Wo, -1)
        parts.append(columns @ kernel.reshape(O // groups, -1).T)
    y = torch.cat(parts, -1)
    if bias is not None:
        y = y + bias
    return y.reshape(len(x), O, Ho, Wo)
