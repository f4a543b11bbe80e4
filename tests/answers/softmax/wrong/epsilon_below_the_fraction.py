"""1e-9 is added to the sum, against a division by 0: float64 loses half of its digits.

Verdict: wrong_answer
"""

import torch


def softmax(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    e = (x - m).exp()
    return e / (e.sum(axis, keepdim=True) + 1e-9)


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
