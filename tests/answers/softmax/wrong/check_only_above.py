"""Only an axis that is too large is refused with ValueError; below -n it is an IndexError. logsumexp alone has this.

Verdict: wrong_answer|runtime_error
"""

import torch


def softmax(x, axis=-1):
    return log_softmax(x, axis).exp()


def logsumexp(x, axis=-1):
    if axis >= x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def log_softmax(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    return x - m - (x - m).exp().sum(axis, keepdim=True).clamp(min=1).log()
