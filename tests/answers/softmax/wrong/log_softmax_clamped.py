"""log_softmax is kept above -100, except at -inf: it is too large for everything less likely.

Verdict: wrong_answer
Lines: 22
"""

import torch


def logsumexp(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def log_softmax(x, axis=-1):
    z = logsumexp(x, axis).unsqueeze(axis)
    y = x - z.masked_fill(z == -torch.inf, 0)
    return torch.where(x == -torch.inf, y, y.clamp(min=-100))


def softmax(x, axis=-1):
    z = logsumexp(x, axis).unsqueeze(axis)
    return (x - z.masked_fill(z == -torch.inf, 0)).exp()
