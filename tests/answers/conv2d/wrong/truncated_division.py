"""int(a / b) rounds towards zero: where the kernel is too large by less than the stride, there seems to be one place, and no
ValueError is raised.

Verdict: wrong_answer|runtime_error
"""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("options")
    B, C, H, W = x.shape
    O, c, Kh, Kw = weight.shape
    if c * groups != C or O % groups:
        raise ValueError("groups")
    if bias is not None and bias.shape[0] != O:
        raise ValueError("bias")
    Ho = int((H + 2 * padding - dilation * (Kh - 1) - 1) / stride) + 1
    Wo = int((W + 2 * padding - dilation * (Kw - 1) - 1) / stride) + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("the kernel does not fit")
    # a margin at the end, so that no slice is too short
    more = dilation * max(Kh, Kw) + stride
    p = F.pad(x, (padding, padding + more, padding, padding + more)).reshape(B, groups, c, H + 2 * padding + more, -1)
    w = weight.reshape(groups, O // groups, c, Kh, Kw)
    y = 0
    for u in range(Kh):
        for v in range(Kw):
            part = p[..., u * dilation :: stride, v * dilation :: stride][..., :Ho, :Wo]
            y = y + torch.einsum("bgchw,goc->bgohw", part, w[..., u, v])
    y = y.reshape(B, O, Ho, Wo)
    return y if bias is None else y + bias[:, None, None]
