"""A decorator converts the arguments to what is computed in, and the result back."""

import functools

import torch


def in_full_precision(function):
    @functools.wraps(function)
    def wrapped(x, *args, **kwargs):
        to = torch.float32 if x.dtype in {torch.float16, torch.bfloat16} else x.dtype
        convert = lambda value: value.to(to) if isinstance(value, torch.Tensor) else value
        with torch.autocast("cpu", enabled=False):
            result = function(convert(x), *map(convert, args), **{name: convert(value) for name, value in kwargs.items()})
        return result.to(x.dtype)

    return wrapped


@in_full_precision
def layer_norm(x, weight=None, bias=None, eps=1e-5):
    centred = x - x.mean(-1, keepdim=True)
    y = centred / torch.hypot(centred.pow(2).mean(-1, keepdim=True).add(eps).sqrt(), torch.zeros(()).to(x))
    y = torch.mul(y, weight) if weight is not None else y
    return torch.add(y, bias) if bias is not None else y


@in_full_precision
def rms_norm(x, weight=None, eps=1e-6):
    y = x / x.pow(2).mean(-1, keepdim=True).add(eps).sqrt()
    return torch.mul(y, weight) if weight is not None else y
