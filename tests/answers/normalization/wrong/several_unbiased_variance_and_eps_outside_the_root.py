"""The variance of layer_norm divides by D - 1, and rms_norm adds eps outside the root.

Verdict: wrong_answer
Lines: 18, 29
Mistakes: 2
"""

import torch


def _compute_dtype(x):
    return torch.float32 if x.dtype in (torch.float16, torch.bfloat16) else x.dtype


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    y = x.to(_compute_dtype(x))
    mean = y.mean(dim=-1, keepdim=True)
    var = y.var(dim=-1, keepdim=True)
    y = (y - mean) / torch.sqrt(var + eps)
    if weight is not None:
        y = y * weight
    if bias is not None:
        y = y + bias
    return y.to(x.dtype)


def rms_norm(x, weight=None, eps=1e-6):
    y = x.to(_compute_dtype(x))
    rms = torch.sqrt(y.pow(2).mean(dim=-1, keepdim=True)) + eps
    y = y / rms
    if weight is not None:
        y = y * weight
    return y.to(x.dtype)
