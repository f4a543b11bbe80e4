"""The three as autograd functions with a backward pass written by hand."""

import torch
from torch.autograd import Function


def reduce_(x, axis):
    m = x.max(axis, keepdim=True)[0]
    m = torch.where(torch.isinf(m), torch.zeros_like(m), m)
    e = torch.exp(x - m)
    s = e.sum(axis, keepdim=True)
    p = torch.where(s > 0, e / s, torch.zeros_like(e))
    return m, s, p


class _Softmax(Function):
    @staticmethod
    def forward(ctx, x, axis):
        p = reduce_(x, axis)[2]
        ctx.axis = axis
        ctx.save_for_backward(p)
        return p

    @staticmethod
    def backward(ctx, g):
        (p,) = ctx.saved_tensors
        gp = g * p
        return gp - p * gp.sum(ctx.axis, keepdim=True), None


class _LogSumExp(Function):
    @staticmethod
    def forward(ctx, x, axis):
        m, s, p = reduce_(x, axis)
        ctx.axis = axis
        ctx.save_for_backward(p)
        return (m + torch.log(s)).squeeze(axis)

    @staticmethod
    def backward(ctx, g):
        (p,) = ctx.saved_tensors
        return g.unsqueeze(ctx.axis) * p, None


class _LogSoftmax(Function):
    @staticmethod
    def forward(ctx, x, axis):
        m, s, p = reduce_(x, axis)
        ctx.axis = axis
        ctx.save_for_backward(p)
        y = x - m - torch.log(s)
        return torch.where(x == -torch.inf, x, y)

    @staticmethod
    def backward(ctx, g):
        (p,) = ctx.saved_tensors
        return g - p * g.sum(ctx.axis, keepdim=True), None


def check(f):
    def inner(x, axis=-1):
        n = x.ndim
        if axis < -n or axis > n - 1:
            raise ValueError("no such axis")
        return f(x, axis + n if axis < 0 else axis)

    return inner


@check
def softmax(x, axis=-1):
    return _Softmax.apply(x, axis)


@check
def log_softmax(x, axis=-1):
    return _LogSoftmax.apply(x, axis)


@check
def logsumexp(x, axis=-1):
    return _LogSumExp.apply(x, axis)
