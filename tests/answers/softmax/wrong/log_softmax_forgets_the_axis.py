"""log_softmax calls logsumexp without the axis, and so takes the last one.

Verdict: wrong_answer|wrong_shape|runtime_error
"""

import torch


def logsumexp(x, axis=-1, keepdim=False):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis {axis}")
    m = x.amax(axis, keepdim=True).detach()
    m = m.masked_fill(m == -torch.inf, 0)
    s = (x - m).exp().sum(axis, keepdim=True)
    empty = s == 0
    y = (m + s.masked_fill(empty, 1).log()).masked_fill(empty, -torch.inf)
    return y if keepdim else y.squeeze(axis)


def log_softmax(x, axis=-1):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis {axis}")
    lse = logsumexp(x, keepdim=True)
    return x - lse.masked_fill(lse == -torch.inf, 0)


def softmax(x, axis=-1):
    lse = logsumexp(x, axis, keepdim=True)
    return (x - lse.masked_fill(lse == -torch.inf, 0)).exp()
