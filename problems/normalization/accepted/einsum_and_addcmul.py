import torch
from torch import Tensor

FLOATS = {torch.float16: torch.float32, torch.bfloat16: torch.float32}


def affine(y: Tensor, weight, bias, out) -> Tensor:
    """bias + y * weight with ones and zeros in place of what is missing."""
    weight = torch.ones(y.shape[-1], dtype=y.dtype) if weight is None else weight.to(y.dtype)
    bias = torch.zeros_like(weight) if bias is None else bias.to(y.dtype)
    return torch.addcmul(bias.expand_as(y), y, weight.expand_as(y)).to(out)


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    y = x.to(FLOATS.get(x.dtype, x.dtype))
    y = y - y.sum(-1, keepdim=True).div(y.size(-1))
    power = torch.einsum("...d,...d->...", y, y).unsqueeze(-1) / y.size(-1)
    return affine(y.div((power + eps).sqrt()), weight, bias, x.dtype)


def rms_norm(x, weight=None, eps=1e-6):
    y = x.to(FLOATS.get(x.dtype, x.dtype))
    power = torch.einsum("...d,...d->...", y, y).unsqueeze(-1) / y.size(-1)
    return affine(y.mul((power + eps).rsqrt()), weight, None, x.dtype)
