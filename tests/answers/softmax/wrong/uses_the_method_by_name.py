"""The method of the tensor, fetched by a name put together.

Verdict: forbidden
"""

import torch


def call(name, x, axis):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    return getattr(x, "".join(name))(axis)


def softmax(x, axis=-1):
    empty = (x == -torch.inf).all(axis, keepdim=True) if -x.ndim <= axis < x.ndim else False
    if empty is False:
        raise ValueError("axis")
    return call(["soft", "max"], x.masked_fill(empty, 0), axis).masked_fill(empty, 0)


def log_softmax(x, axis=-1):
    z = logsumexp(x, axis).unsqueeze(axis)
    return x - z.masked_fill(z == -torch.inf, 0)


def logsumexp(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)
