"""logsumexp squeezes every axis with one entry, not only the one that is summed over.

Verdict: wrong_shape
Lines: 20
"""

import torch


def _lse(x, axis):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError("axis")
    m = x.amax(axis, keepdim=True).detach()
    m = torch.where(m == -torch.inf, 0, m)
    s = (x - m).exp().sum(axis, keepdim=True)
    return torch.where(s == 0, -torch.inf, m + torch.where(s == 0, 1, s).log())


def logsumexp(x, axis=-1):
    return _lse(x, axis).squeeze()


def log_softmax(x, axis=-1):
    lse = _lse(x, axis)
    return x - torch.where(lse == -torch.inf, 0, lse)


def softmax(x, axis=-1):
    return log_softmax(x, axis).exp()
