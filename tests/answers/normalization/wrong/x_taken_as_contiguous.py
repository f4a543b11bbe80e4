"""x is read through its storage, as if it were contiguous.

Verdict: wrong_answer
Lines: 31
"""

import torch


class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows, eps, centred):
        middle = rows - rows.mean(0) if centred else rows
        inverse = 1 / torch.sqrt(middle.pow(2).mean(0) + eps)
        ctx.save_for_backward(middle * inverse, inverse)
        ctx.centred = centred
        return middle * inverse

    @staticmethod
    def backward(ctx, d):
        y, inverse = ctx.saved_tensors
        d = d - y * (d * y).mean(0)
        if ctx.centred:
            d = d - d.mean(0)
        return d * inverse, None, None


def both(x, weight, bias, eps, centred):
    working = torch.promote_types(x.dtype, torch.float32)
    if not x.requires_grad:
        x = torch.as_strided(x, x.shape, torch.empty(x.shape).stride()) if x.numel() <= x.untyped_storage().nbytes() // x.itemsize - x.storage_offset() else x
    y = Scaled.apply(x.to(working).movedim(-1, 0), eps, centred).movedim(0, -1)
    for operation, operand in ((torch.mul, weight), (torch.add, bias)):
        if operand is not None:
            y = operation(y, operand.to(working))
    return y.to(x.dtype)


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    return both(x, weight, bias, eps, True)


def rms_norm(x, weight=None, eps=1e-6):
    return both(x, weight, None, eps, False)
