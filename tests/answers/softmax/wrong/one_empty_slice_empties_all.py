"""If any slice is all -inf, the whole result is: the slices influence each other.

Verdict: wrong_answer
Lines: 18, 19
"""

import torch


def _max(x, axis):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    return x.detach().amax(axis, keepdim=True)


def softmax(x, axis=-1):
    m = _max(x, axis)
    if torch.isinf(m).any():
        return torch.zeros_like(x) * x.masked_fill(x == -torch.inf, 0)
    e = torch.exp(x - m)
    return e / e.sum(axis, keepdim=True)


def logsumexp(x, axis=-1):
    m = _max(x, axis)
    if torch.isinf(m).all():
        return (x.masked_fill(x == -torch.inf, 0) * 0).sum(axis) - torch.inf
    m = m.clamp(min=-1e5)
    s = torch.exp(x - m).sum(axis)
    return (m.squeeze(axis) + s.masked_fill(s == 0, 1).log()).masked_fill(s == 0, -torch.inf)


def log_softmax(x, axis=-1):
    z = logsumexp(x, axis).unsqueeze(axis)
    return x - z.masked_fill(z == -torch.inf, 0)
