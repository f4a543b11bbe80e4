"""logsumexp keeps the axis, with one entry.

Verdict: wrong_shape
Lines: 16, 15
"""

import torch


def logsumexp(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError("axis")
    m = x.amax(axis, keepdim=True).detach()
    m = torch.where(m == -torch.inf, 0, m)
    s = (x - m).exp().sum(axis, keepdim=True)
    return torch.where(s == 0, -torch.inf, m + torch.where(s == 0, 1, s).log())


def log_softmax(x, axis=-1):
    lse = logsumexp(x, axis)
    return x - torch.where(lse == -torch.inf, 0, lse)


def softmax(x, axis=-1):
    return log_softmax(x, axis).exp()
