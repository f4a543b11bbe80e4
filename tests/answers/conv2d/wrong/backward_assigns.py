"""In the backward pass by hand, the gradient of x is assigned instead of added up: wrong wherever kernels overlap.

Verdict: wrong_answer
Lines: 38
"""

import torch
import torch.nn.functional as F


class Conv(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, stride, dilation, groups):
        O, c, Kh, Kw = w.shape
        Ho = (x.shape[2] - dilation * (Kh - 1) - 1) // stride + 1
        Wo = (x.shape[3] - dilation * (Kw - 1) - 1) // stride + 1
        ctx.save_for_backward(x, w)
        ctx.options = stride, dilation, groups, Ho, Wo
        y = x.new_zeros(len(x), groups, O // groups, Ho, Wo)
        for u in range(Kh):
            for v in range(Kw):
                part = x[..., u * dilation :: stride, v * dilation :: stride][..., :Ho, :Wo]
                y += torch.einsum("bgchw,goc->bgohw", part.unflatten(1, (groups, c)), w.unflatten(0, (groups, -1))[..., u, v])
        return y.flatten(1, 2)

    @staticmethod
    def backward(ctx, grad):
        x, w = ctx.saved_tensors
        stride, dilation, groups, Ho, Wo = ctx.options
        O, c, Kh, Kw = w.shape
        grad = grad.unflatten(1, (groups, O // groups))
        gx, gw = torch.zeros_like(x), torch.zeros_like(w)
        for u in range(Kh):
            for v in range(Kw):
                part = x[..., u * dilation :: stride, v * dilation :: stride][..., :Ho, :Wo].unflatten(1, (groups, c))
                gw[..., u, v] = torch.einsum("bgchw,bgohw->goc", part, grad).flatten(0, 1)
                back = torch.einsum("goc,bgohw->bgchw", w.unflatten(0, (groups, -1))[..., u, v], grad).flatten(1, 2)
                gx[..., u * dilation :: stride, v * dilation :: stride][..., :Ho, :Wo] = back
        return gx, gw, None, None, None


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if c * groups != x.shape[1] or O % groups:
        raise ValueError("groups")
    if bias is not None and bias.shape[0] != O:
        raise ValueError("bias")
    x = F.pad(x, (padding,) * 4)
    if x.shape[2] <= dilation * (Kh - 1) or x.shape[3] <= dilation * (Kw - 1):
        raise ValueError("kernel")
    y = Conv.apply(x, weight, stride, dilation, groups)
    return y if bias is None else y + bias[:, None, None]
