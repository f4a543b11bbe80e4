"""float64 is computed in float32 and cast at the end.

Verdict: wrong_answer
"""

import torch


def shifted(x, axis):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    x = x.float()
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    return m, x - m


def softmax(x, axis=-1):
    return log_softmax(x, axis).exp()


def logsumexp(x, axis=-1):
    m, z = shifted(x, axis)
    s = z.exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf).to(x.dtype)


def log_softmax(x, axis=-1):
    _, z = shifted(x, axis)
    return (z - z.exp().sum(axis, keepdim=True).clamp(min=1).log()).to(x.dtype)
