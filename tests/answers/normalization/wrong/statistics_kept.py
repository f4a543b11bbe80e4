"""The statistics of the first batch of a shape are kept, as in batch normalization.

Verdict: wrong_answer
Lines: 15
"""

import torch


KEPT = {}


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    h = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
    c = h - KEPT.setdefault((x.shape, x.dtype), h.mean(-1, keepdim=True).detach())
    y = c * torch.rsqrt(c.pow(2).mean(-1, keepdim=True) + eps)
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
