"""What is more than 20 below the maximum is left out as negligible: its softmax is 0, and its gradient too.

Verdict: wrong_answer
Lines: 15
"""

import torch


def weights(x, axis):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    z = x - m
    return m, torch.where(z < -20, 0, z.clamp(min=-30).exp())


def softmax(x, axis=-1):
    _, e = weights(x, axis)
    return e / e.sum(axis, keepdim=True).clamp(min=1)


def logsumexp(x, axis=-1):
    m, e = weights(x, axis)
    s = e.sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def log_softmax(x, axis=-1):
    z = logsumexp(x, axis).unsqueeze(axis)
    return x - z.masked_fill(z == -torch.inf, 0)
