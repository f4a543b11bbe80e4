"""The variance in place of the mean square, and centred.

Lines: 26
"""

import torch


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    kept = x.dtype
    if kept in (torch.float16, torch.bfloat16):
        x = x.float()
    variance, mean = torch.var_mean(x, dim=-1, unbiased=False, keepdim=True)
    out = (x - mean) * (variance + eps).rsqrt()
    if weight is not None:
        out = out * weight
    if bias is not None:
        out = out + bias
    return out.to(kept)


def rms_norm(x, weight=None, eps=1e-6):
    kept = x.dtype
    if kept in (torch.float16, torch.bfloat16):
        x = x.float()
    out = (x - x.mean(-1, keepdim=True)) * (x.var(-1, correction=0, keepdim=True) + eps).rsqrt()
    if weight is not None:
        out = weight * out
    return out.to(kept)
