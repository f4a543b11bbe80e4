"""NaN is replaced by 0 afterwards: the softmax of a slice that is all -inf is right, and its gradient NaN.

Verdict: wrong_answer
Lines: 17, 18
"""

import torch


def check(x, axis):
    if axis not in range(-x.ndim, x.ndim):
        raise ValueError(f"no axis {axis}")


def softmax(x, axis=-1):
    check(x, axis)
    e = (x - x.amax(axis, keepdim=True)).exp()
    return torch.nan_to_num(e / e.sum(axis, keepdim=True))


def logsumexp(x, axis=-1):
    check(x, axis)
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def log_softmax(x, axis=-1):
    check(x, axis)
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    return x - m - (x - m).exp().sum(axis, keepdim=True).clamp(min=1).log()
