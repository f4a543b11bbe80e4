"""Where a whole slice is -inf, logsumexp returns its maximum, through which a gradient of 1/n reaches each -inf.

Verdict: wrong_answer
Lines: 17, 13
"""

import torch


def lse(x, axis):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis {axis}")
    m = x.amax(axis, keepdim=True)
    empty = m == -torch.inf
    safe = torch.where(empty, 0.0, m)
    s = torch.exp(x - safe).sum(axis, keepdim=True)
    return torch.where(empty, m, safe + torch.log(torch.where(empty, 1.0, s)))


def logsumexp(x, axis=-1):
    return lse(x, axis).squeeze(axis)


def log_softmax(x, axis=-1):
    z = lse(x, axis)
    return x - torch.where(z == -torch.inf, 0.0, z)


def softmax(x, axis=-1):
    return torch.exp(log_softmax(x, axis))
