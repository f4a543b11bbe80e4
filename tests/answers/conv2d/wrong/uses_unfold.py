"""F.unfold makes the columns.

Verdict: forbidden
"""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if c * groups != x.shape[1] or O % groups or (bias is not None and len(bias) != O):
        raise ValueError("shapes")
    Ho, Wo = ((n + 2 * padding - dilation * (k - 1) - 1) // stride + 1 for n, k in zip(x.shape[2:], (Kh, Kw)))
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel")
    columns = F.unfold(x, (Kh, Kw), dilation, padding, stride).reshape(len(x), groups, -1, Ho * Wo)
    y = (weight.reshape(groups, O // groups, -1) @ columns).reshape(len(x), O, Ho, Wo)
    return y if bias is None else y + bias[:, None, None]
