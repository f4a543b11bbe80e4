"""The number of places is computed from Kh for rows and columns alike: wrong for kernels that are not square.

Verdict: wrong_answer|wrong_shape|runtime_error
Lines: 20
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
    Ho, Wo = [(n - dilation * (Kh - 1) - 1) // stride + 1 for n in x.shape[2:]]
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel")
    x = x.unflatten(1, (groups, c))
    w = weight.unflatten(0, (groups, -1))
    y = 0
    for u in range(Kh):
        for v in range(Kw):
            part = x[..., u * dilation :: stride, v * dilation :: stride][..., :Ho, :Wo]
            y = y + torch.einsum("bgchw,goc->bgohw", part, w[..., u, v])
    y = y.flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
