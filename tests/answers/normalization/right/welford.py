"""Mean and variance as Welford updates them, one feature after the other."""

import torch


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    h = x.float() if x.itemsize == 2 else x
    mean = torch.zeros_like(h[..., 0])
    total = torch.zeros_like(mean)
    for count, value in enumerate(h.unbind(-1), start=1):
        delta = value - mean
        mean = mean + delta / count
        total = total + delta * (value - mean)
    scale = 1 / torch.sqrt(total / h.shape[-1] + eps)
    out = (h - mean[..., None]) * scale[..., None]
    out = out.to(x.dtype)
    if weight is not None:
        out = out * weight
    if bias is not None:
        out = out + bias
    return out


def rms_norm(x, weight=None, eps=1e-6):
    h = x.float() if x.itemsize == 2 else x
    total = torch.zeros_like(h[..., 0])
    for value in h.unbind(-1):
        total = total + value * value
    out = h * (1 / torch.sqrt(total / h.shape[-1] + eps))[..., None]
    return (out if weight is None else out * (weight.float() if x.itemsize == 2 else weight)).to(x.dtype)
