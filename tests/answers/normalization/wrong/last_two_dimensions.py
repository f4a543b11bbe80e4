"""Three dimensions are normalized over the last two.

Verdict: wrong_answer
Lines: 12, 13
"""

import torch


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    h = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
    dims = (-2, -1) if x.dim() == 3 else (-1,)
    c = h - h.mean(dims, keepdim=True)
    y = c * torch.rsqrt(c.pow(2).mean(dims, keepdim=True) + eps)
    if weight is not None:
        y = y * weight
    if bias is not None:
        y = y + bias
    return y.to(x.dtype)


def rms_norm(x, weight=None, eps=1e-6):
    h = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
    y = h * torch.rsqrt(h.pow(2).mean(-1, keepdim=True) + eps)
    if weight is not None:
        y = y * weight
    return y.to(x.dtype)
