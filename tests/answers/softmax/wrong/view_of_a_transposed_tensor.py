"""view instead of reshape: a tensor that is not contiguous can't be viewed so.

Verdict: runtime_error
"""

import math

import torch


def fold(x, axis):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError("axis")
    axis %= x.ndim
    return x.view(math.prod(x.shape[:axis]), x.shape[axis], math.prod(x.shape[axis + 1 :]))


def logsumexp(x, axis=-1):
    z = fold(x, axis)
    shape = list(x.shape)
    del shape[axis]
    m = z.detach().amax(1).clamp(min=-1e5)
    s = (z - m[:, None]).exp().sum(1)
    none = s == 0
    return (m + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf).view(shape)


def log_softmax(x, axis=-1):
    lse = logsumexp(x, axis).unsqueeze(axis)
    return x - lse.masked_fill(lse == -torch.inf, 0)


def softmax(x, axis=-1):
    return log_softmax(x, axis).exp()
