"""The maximum is subtracted only where it is above 80, since only that overflows: numbers far below 0 underflow.

Verdict: wrong_answer
Lines: 14
"""

import torch


def shift(x, axis):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis {axis}")
    m = x.detach().amax(axis, keepdim=True)
    return torch.where(m > 80, m, 0)


def softmax(x, axis=-1):
    e = (x - shift(x, axis)).exp()
    s = e.sum(axis, keepdim=True)
    return e / s.masked_fill(s == 0, 1)


def logsumexp(x, axis=-1):
    m = shift(x, axis)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def log_softmax(x, axis=-1):
    m = shift(x, axis)
    s = (x - m).exp().sum(axis, keepdim=True)
    return x - m - s.masked_fill(s == 0, 1).log()
