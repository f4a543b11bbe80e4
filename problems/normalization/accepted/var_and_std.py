import torch


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    """`var` that divides by D; rounded before weight and bias, as Llama's code does."""
    h = x.to(torch.float32) if x.dtype in (torch.float16, torch.bfloat16) else x
    h = (h - h.mean(-1, keepdim=True)) * torch.rsqrt(h.var(-1, keepdim=True, unbiased=False) + eps)
    h = h.type_as(x)
    if weight is not None:
        h = h * weight
    return h if bias is None else h + bias


def rms_norm(x, weight=None, eps=1e-6):
    h = x.to(torch.float32) if x.dtype in (torch.float16, torch.bfloat16) else x
    h = h * torch.rsqrt(h.pow(2).mean(-1, keepdim=True) + eps)
    h = h.type_as(x)
    return h if weight is None else weight * h
