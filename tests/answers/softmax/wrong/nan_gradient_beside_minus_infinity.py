"""The slope at -inf: (x - m) times a mask. Values are right; the gradient is NaN wherever a slice holds some -inf.

Verdict: wrong_answer
Lines: 31
"""

import torch


def _lse(x, axis):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis, keepdim=True)
    none = s == 0
    return (m + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def logsumexp(x, axis=-1):
    return _lse(x, axis).squeeze(axis)


def log_softmax(x, axis=-1):
    z = _lse(x, axis)
    return x - z.masked_fill(z == -torch.inf, 0)


def softmax(x, axis=-1):
    # sqrt(y * y) was meant to keep it from falling below 0
    y = log_softmax(x, axis).exp()
    return torch.sqrt(y * y)
