"""Exponents are clipped to what exp can take, which is no cure: 1000 and 2000 come out alike.

Verdict: wrong_answer
"""

import torch


def softmax(x, axis=-1):
    return log_softmax(x, axis).exp()


def log_softmax(x, axis=-1):
    z = logsumexp(x, axis).unsqueeze(axis)
    return torch.where(z == -torch.inf, x, x.clamp(max=80) - torch.where(z == -torch.inf, 0, z))


def logsumexp(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError
    s = x.clamp(max=80).exp().sum(axis)
    return torch.where(s == 0, -torch.inf, torch.where(s == 0, 1, s).log())
