"""The check is off by one: axis = -n is refused, though it is the first axis.

Verdict: runtime_error|wrong_answer
Lines: 11
"""

import torch


def check(x, axis):
    if abs(axis) >= x.ndim and axis != -1:
        raise ValueError(f"axis {axis} out of range")


def softmax(x, axis=-1):
    check(x, axis)
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    e = (x - m).exp()
    return e / e.sum(axis, keepdim=True).clamp(min=1)


def logsumexp(x, axis=-1):
    check(x, axis)
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def log_softmax(x, axis=-1):
    check(x, axis)
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    return x - m - (x - m).exp().sum(axis, keepdim=True).clamp(min=1).log()
