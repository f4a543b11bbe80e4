"""The three formulas one by one, with `where` on both sides of what could be NaN."""

import torch


def _check(x, axis):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} is out of range for {x.ndim} dimensions")


def softmax(x, axis=-1):
    _check(x, axis)
    m = x.max(dim=axis, keepdim=True).values
    m = torch.where(m == float("-inf"), torch.zeros_like(m), m)
    e = torch.exp(x - m)
    s = e.sum(dim=axis, keepdim=True)
    return e / torch.where(s == 0, torch.ones_like(s), s)


def log_softmax(x, axis=-1):
    _check(x, axis)
    m = x.max(dim=axis, keepdim=True).values
    m = torch.where(m == float("-inf"), torch.zeros_like(m), m)
    z = x - m
    s = torch.exp(z).sum(dim=axis, keepdim=True)
    return z - torch.log(torch.where(s == 0, torch.ones_like(s), s))


def logsumexp(x, axis=-1):
    _check(x, axis)
    empty = torch.all(torch.isinf(x), dim=axis)
    safe = torch.where(empty.unsqueeze(axis), torch.zeros_like(x), x)
    m = safe.max(dim=axis).values
    result = m + torch.log(torch.exp(safe - m.unsqueeze(axis)).sum(dim=axis))
    return torch.where(empty, torch.full_like(result, float("-inf")), result)
