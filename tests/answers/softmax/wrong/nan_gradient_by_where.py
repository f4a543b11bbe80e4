"""where picks 0 for a slice that is all -inf, but -inf - -inf is still behind it: softmax and log_softmax have NaN for gradients.

Verdict: wrong_answer
Lines: 14, 31, 15, 32
"""

import torch


def softmax(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.amax(axis, keepdim=True)
    e = torch.exp(x - m)
    return torch.where(m == -torch.inf, 0.0, e / e.sum(axis, keepdim=True))


def logsumexp(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def log_softmax(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.amax(axis, keepdim=True)
    z = x - m
    return torch.where(m == -torch.inf, -torch.inf, z - z.exp().sum(axis, keepdim=True).log())
