"""F.layer_norm under another name.

Verdict: forbidden
"""

import torch


from torch.nn import functional


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    return functional.layer_norm(x.float(), x.shape[-1:], weight, bias, eps).to(x.dtype)


def rms_norm(x, weight=None, eps=1e-6):
    h = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
    y = h * torch.rsqrt(h.pow(2).mean(-1, keepdim=True) + eps)
    if weight is not None:
        y = y * weight
    return y.to(x.dtype)
