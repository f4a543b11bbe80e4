"""The numbers that a kernel reads lie side by side whatever the dilation is,
and the length of the bias is not checked.

Verdict: wrong_answer
Lines: 31, 37
Mistake: dilation-in-the-size-only
Mistakes: 2
"""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if min(stride, dilation, groups) < 1 or padding < 0:
        raise ValueError("bad option")
    B, C, H, W = x.shape
    O, Cg, Kh, Kw = weight.shape
    if C % groups or O % groups or Cg != C // groups:
        raise ValueError("channels do not fit the groups")
    Ho = (H + 2 * padding - dilation * (Kh - 1) - 1) // stride + 1
    Wo = (W + 2 * padding - dilation * (Kw - 1) - 1) // stride + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("the kernel does not fit")

    padded = F.pad(x, (padding, padding, padding, padding))
    padded = padded.reshape(B, groups, Cg, H + 2 * padding, W + 2 * padding)
    kernels = weight.reshape(groups, O // groups, Cg, Kh, Kw)
    out = x.new_zeros(B, groups, O // groups, Ho, Wo)
    for u in range(Kh):
        for v in range(Kw):
            top, left = u, v
            rows = padded[:, :, :, top : top + (Ho - 1) * stride + 1 : stride]
            patch = rows[..., left : left + (Wo - 1) * stride + 1 : stride]
            out = out + torch.einsum("bgchw,goc->bgohw", patch, kernels[:, :, :, u, v])
    out = out.reshape(B, O, Ho, Wo)
    if bias is not None:
        out = out + bias.reshape(-1, 1, 1)
    return out
