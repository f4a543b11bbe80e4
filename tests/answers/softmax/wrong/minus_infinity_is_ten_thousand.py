"""-inf is replaced by -1e4 before the sum: it counts where the other numbers are as small as that.

Verdict: wrong_answer
"""

import torch


def prepare(x, axis):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError("axis")
    gone = x == -torch.inf
    x = x.masked_fill(gone, -1e4)
    m = x.detach().amax(axis, keepdim=True)
    e = (x - m).exp()
    return gone, x - m, m, e.sum(axis, keepdim=True)


def softmax(x, axis=-1):
    return log_softmax(x, axis).exp()


def log_softmax(x, axis=-1):
    gone, z, _, s = prepare(x, axis)
    return (z - s.log()).masked_fill(gone, -torch.inf)


def logsumexp(x, axis=-1):
    gone, _, m, s = prepare(x, axis)
    return (m + s.log()).squeeze(axis).masked_fill(gone.all(axis), -torch.inf)
