"""Only the first 65,536 entries of the axis are summed.

Verdict: wrong_answer
"""

import torch


def logsumexp(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    x = x.narrow(axis, 0, min(x.shape[axis], 1 << 16))
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def log_softmax(x, axis=-1):
    z = logsumexp(x, axis).unsqueeze(axis)
    return x - z.masked_fill(z == -torch.inf, 0)


def softmax(x, axis=-1):
    return log_softmax(x, axis).exp()
