"""An axis that is not there is left to PyTorch, which raises IndexError.

Verdict: wrong_answer|runtime_error
"""

import torch


def softmax(x, axis=-1):
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    e = (x - m).exp()
    return e / e.sum(axis, keepdim=True).clamp(min=1)


def logsumexp(x, axis=-1):
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def log_softmax(x, axis=-1):
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    return x - m - (x - m).exp().sum(axis, keepdim=True).clamp(min=1).log()
