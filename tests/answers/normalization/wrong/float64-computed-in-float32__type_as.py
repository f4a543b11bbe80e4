"""As in many a model's code: float() for every input.

Verdict: wrong_answer
Lines: 12, 24
"""

import torch


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    kept = x.dtype
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
    x = x.float()
    out = x * (x.square().mean(dim=-1, keepdim=True) + eps).rsqrt()
    if weight is not None:
        out = weight * out
    return out.to(kept)
