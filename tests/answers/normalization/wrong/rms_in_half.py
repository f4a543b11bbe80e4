"""rms_norm squares in half precision.

Verdict: wrong_answer
Lines: 22
"""

import torch


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    h = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
    c = h - h.mean(-1, keepdim=True)
    y = c * torch.rsqrt(c.pow(2).mean(-1, keepdim=True) + eps)
    if weight is not None:
        y = y * weight
    if bias is not None:
        y = y + bias
    return y.to(x.dtype)


def rms_norm(x, weight=None, eps=1e-6):
    h = x
    y = h * torch.rsqrt(h.pow(2).mean(-1, keepdim=True) + eps)
    if weight is not None:
        y = y * weight
    return y.to(x.dtype)
