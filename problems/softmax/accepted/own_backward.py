"""Forward and backward by hand, on the axis brought to the end."""

import torch


class _LogSumExp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows):
        top = rows.amax(-1, keepdim=True)
        top = torch.where(top.isinf(), 0, top)
        e = torch.exp(rows - top)
        total = e.sum(-1, keepdim=True)
        ctx.save_for_backward(torch.nan_to_num(e / total))
        return (top + total.log()).squeeze(-1)

    @staticmethod
    def backward(ctx, above):
        (weights,) = ctx.saved_tensors
        return above.unsqueeze(-1) * weights


class _Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows):
        lse = _LogSumExp.apply(rows)[..., None]
        weights = torch.exp(rows - torch.where(lse.isinf(), 0, lse))
        ctx.save_for_backward(weights)
        return weights

    @staticmethod
    def backward(ctx, above):
        (y,) = ctx.saved_tensors
        return y * (above - (y * above).sum(-1, keepdim=True))


class _LogSoftmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows):
        lse = _LogSumExp.apply(rows)[..., None]
        result = rows - torch.where(lse.isinf(), 0, lse)
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, above):
        (y,) = ctx.saved_tensors
        return above - y.exp() * above.sum(-1, keepdim=True)


def _last(x, axis):
    if not -x.dim() <= axis < x.dim():
        raise ValueError(axis)
    return x.transpose(axis, -1)


def softmax(x, axis=-1):
    return _Softmax.apply(_last(x, axis)).transpose(axis, -1)


def log_softmax(x, axis=-1):
    return _LogSoftmax.apply(_last(x, axis)).transpose(axis, -1)


def logsumexp(x, axis=-1):
    return _LogSumExp.apply(_last(x, axis).unsqueeze(-2)).transpose(axis, -1).squeeze(axis)
