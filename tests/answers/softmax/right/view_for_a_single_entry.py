"""An axis with one entry is its own logsumexp: a view of x is returned."""

import torch

INF = torch.inf


def _valid(x, axis):
    n = x.dim()
    if axis >= n or axis < -n:
        raise ValueError(f"{axis} is not an axis of {tuple(x.shape)}")
    return axis % n


def logsumexp(x, axis=-1):
    axis = _valid(x, axis)
    if x.shape[axis] == 1:
        y = x.select(axis, 0)
        return y if not x.requires_grad else torch.where(y == -INF, -INF, y)
    top = x.amax(axis, keepdim=True).detach().clamp(min=-2e4)
    total = (x - top).exp().sum(axis)
    gone = total == 0
    return (top.squeeze(axis) + total.masked_fill(gone, 1).log()).masked_fill(gone, -INF)


def log_softmax(x, axis=-1):
    top = x.amax(_valid(x, axis), keepdim=True).detach().clamp(min=-2e4)
    y = x - top
    return y - logsumexp(y, axis).unsqueeze(axis).clamp(min=0)


def softmax(x, axis=-1):
    top = x.amax(_valid(x, axis), keepdim=True).detach().clamp(min=-2e4)
    e = (x - top).exp()
    return e / e.sum(axis, keepdim=True).clamp(min=1)
