"""The backward pass of log_softmax, written by hand, always sums along the last axis.

Verdict: wrong_answer
Lines: 30
"""

import torch


def lse(x, axis):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis, keepdim=True)
    none = s == 0
    return (m + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


class LogSoftmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, axis):
        z = lse(x, axis)
        y = x - z.masked_fill(z == -torch.inf, 0)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g - y.exp() * g.sum(-1, keepdim=True), None


def log_softmax(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    return LogSoftmax.apply(x, axis)


def logsumexp(x, axis=-1):
    return lse(x, axis).squeeze(axis)


def softmax(x, axis=-1):
    z = lse(x, axis)
    return (x - z.masked_fill(z == -torch.inf, 0)).exp()
