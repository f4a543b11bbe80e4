"""The formulas as they stand: exp overflows.

Verdict: wrong_answer
Lines: 17, 28
"""

import torch


def check(x, axis):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(axis)


def softmax(x, axis=-1):
    check(x, axis)
    e = x.exp()
    s = e.sum(axis, keepdim=True)
    return e / torch.where(s == 0, 1, s)


def log_softmax(x, axis=-1):
    return x - logsumexp(x, axis).unsqueeze(axis)


def logsumexp(x, axis=-1):
    check(x, axis)
    return x.exp().sum(axis).log()
