"""The values are right everywhere, but logsumexp takes the log of 0 before it is replaced: the gradient of a slice that is all
-inf is NaN.

Verdict: wrong_answer
"""

import torch


def _m(x, axis):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis {axis}")
    m = x.amax(axis, keepdim=True).detach()
    return torch.where(m == -torch.inf, 0.0, m)


def softmax(x, axis=-1):
    e = torch.exp(x - _m(x, axis))
    return e / e.sum(axis, keepdim=True).clamp(min=1.0)


def logsumexp(x, axis=-1):
    m = _m(x, axis)
    s = torch.exp(x - m).sum(axis)
    return torch.where(s == 0, -torch.inf, m.squeeze(axis) + torch.log(s))


def log_softmax(x, axis=-1):
    m = _m(x, axis)
    return x - m - torch.log(torch.exp(x - m).sum(axis, keepdim=True).clamp(min=1.0))
