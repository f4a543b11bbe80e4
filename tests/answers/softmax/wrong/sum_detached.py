"""The sum below the fraction is detached: the softmax is right, and its gradient lacks a term.

Verdict: wrong_answer
Lines: 15
"""

import torch


def softmax(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    with torch.no_grad():
        m = x.amax(axis, keepdim=True).clamp(min=-1e5)
        total = (x - m).exp().sum(axis, keepdim=True).clamp(min=1)
    return (x - m).exp() / total


def logsumexp(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def log_softmax(x, axis=-1):
    z = logsumexp(x, axis).unsqueeze(axis)
    return x - z.masked_fill(z == -torch.inf, 0)
