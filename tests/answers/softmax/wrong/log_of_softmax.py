"""log_softmax is the log of the softmax: -inf where the softmax is rounded to 0.

Verdict: wrong_answer
Lines: 27, 25
"""

import torch


def parts(x, axis):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(axis)
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    e = (x - m).exp()
    s = e.sum(axis, keepdim=True)
    return m, e, s


def softmax(x, axis=-1):
    _, e, s = parts(x, axis)
    return e / s.clamp(min=1)


def log_softmax(x, axis=-1):
    p = softmax(x, axis)
    none = p == 0
    return torch.where(none, 1, p).log().masked_fill(none, -torch.inf)


def logsumexp(x, axis=-1):
    m, _, s = parts(x, axis)
    none = s == 0
    return (m + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf).squeeze(axis)
