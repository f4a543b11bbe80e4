"""The library's own functions, on slices that hold something: an answer by other means, with which the reference is compared."""

import torch


def _nothing(x, axis):
    if axis not in range(-x.ndim, x.ndim):
        raise ValueError(axis)
    return (x == -torch.inf).all(axis, keepdim=True)


def softmax(x, axis=-1):
    """torch.softmax, and 0 where there is nothing."""
    nothing = _nothing(x, axis)
    return torch.softmax(x.masked_fill(nothing, 0), axis).masked_fill(nothing, 0)


def log_softmax(x, axis=-1):
    """torch.log_softmax, and -inf where there is nothing."""
    nothing = _nothing(x, axis)
    return torch.log_softmax(x.masked_fill(nothing, 0), axis).masked_fill(nothing, -torch.inf)


def logsumexp(x, axis=-1):
    """torch.logsumexp, and -inf where there is nothing."""
    nothing = _nothing(x, axis)
    return torch.logsumexp(x.masked_fill(nothing, 0), axis).masked_fill(nothing.squeeze(axis), -torch.inf)
