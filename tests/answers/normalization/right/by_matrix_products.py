"""The mean is a product with a vector of 1/D, centring one with a matrix."""

import torch


def wide(x):
    return x if x.dtype == torch.float64 else x.to(torch.float32)


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    d = x.shape[-1]
    h = wide(x)
    centring = torch.eye(d, dtype=h.dtype) - torch.full((d, d), 1 / d, dtype=h.dtype)
    first = h[..., :1]
    centred = (h - first) @ centring
    centred = centred - centred.mean(-1, keepdim=True)
    variance = (centred**2) @ torch.full((d, 1), 1 / d, dtype=h.dtype)
    out = centred / torch.sqrt(variance + eps)
    out = out if weight is None else out * wide(weight)
    out = out if bias is None else out + wide(bias)
    return out.to(x.dtype)


def rms_norm(x, weight=None, eps=1e-6):
    d = x.shape[-1]
    h = wide(x)
    out = h / torch.sqrt((h**2) @ torch.full((d, 1), 1 / d, dtype=h.dtype) + eps)
    out = out if weight is None else out * wide(weight)
    return out.to(x.dtype)
