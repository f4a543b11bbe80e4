"""A negative axis is taken for the last one.

Verdict: wrong_answer|wrong_shape
Lines: 13
"""

import torch


def _axis(x, axis):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis {axis}")
    return x.ndim - 1 if axis < 0 else axis


def softmax(x, axis=-1):
    return log_softmax(x, axis).exp()


def log_softmax(x, axis=-1):
    axis = _axis(x, axis)
    lse = logsumexp(x, axis).unsqueeze(axis)
    return x - lse.masked_fill(lse == -torch.inf, 0)


def logsumexp(x, axis=-1):
    axis = _axis(x, axis)
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)
