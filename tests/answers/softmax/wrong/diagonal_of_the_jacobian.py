"""The backward pass written by hand has only the diagonal of the Jacobian, y (1 - y).

Verdict: wrong_answer
Lines: 22
"""

import torch


class Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, axis):
        m = x.amax(axis, keepdim=True).clamp(min=-1e5)
        e = (x - m).exp()
        y = e / e.sum(axis, keepdim=True).clamp(min=1)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y), None


def softmax(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    return Softmax.apply(x, axis)


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
