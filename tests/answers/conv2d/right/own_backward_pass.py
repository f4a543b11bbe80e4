"""An autograd function: columns in the forward pass, and the backward pass written by hand."""

import torch
from torch.autograd import Function
from torch.nn.functional import pad


def _slices(k, n, stride, dilation):
    return slice(k * dilation, k * dilation + stride * (n - 1) + 1, stride)


class Conv(Function):
    @staticmethod
    def forward(ctx, x, w, stride, padding, dilation, groups):
        o, c, kh, kw = w.shape
        padded = pad(x, (padding, padding, padding, padding)).unflatten(1, (groups, c))
        ho = (padded.shape[-2] - dilation * (kh - 1) - 1) // stride + 1
        wo = (padded.shape[-1] - dilation * (kw - 1) - 1) // stride + 1
        ctx.options = stride, padding, dilation, groups, ho, wo, x.shape
        ctx.save_for_backward(padded, w)
        wg = w.reshape(groups, o // groups, c, kh, kw)
        y = x.new_zeros(len(x), groups, o // groups, ho, wo)
        for u in range(kh):
            for v in range(kw):
                part = padded[..., _slices(u, ho, stride, dilation), _slices(v, wo, stride, dilation)]
                y += torch.einsum("bgchw,goc->bgohw", part, wg[..., u, v])
        return y.flatten(1, 2)

    @staticmethod
    def backward(ctx, grad):
        padded, w = ctx.saved_tensors
        stride, padding, dilation, groups, ho, wo, shape = ctx.options
        o, c, kh, kw = w.shape
        wg = w.reshape(groups, o // groups, c, kh, kw)
        grad = grad.unflatten(1, (groups, o // groups))
        gw, gx = torch.zeros_like(wg), torch.zeros_like(padded)
        for u in range(kh):
            for v in range(kw):
                at = (..., _slices(u, ho, stride, dilation), _slices(v, wo, stride, dilation))
                gw[..., u, v] = torch.einsum("bgchw,bgohw->goc", padded[at], grad)
                gx[at] += torch.einsum("goc,bgohw->bgchw", wg[..., u, v], grad)
        gx = gx.flatten(1, 2)[..., padding : padding + shape[2], padding : padding + shape[3]]
        return gx, gw.reshape(w.shape), None, None, None, None


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    ok = stride >= 1 and dilation >= 1 and groups >= 1 and padding >= 0
    ok = ok and x.shape[1] == weight.shape[1] * groups and weight.shape[0] % groups == 0
    ok = ok and (bias is None or bias.shape == weight.shape[:1])
    ok = ok and all(x.shape[d] + 2 * padding > dilation * (weight.shape[d] - 1) for d in (2, 3))
    if not ok:
        raise ValueError("conv2d: sizes or options do not go together")
    y = Conv.apply(x, weight, stride, padding, dilation, groups)
    return y if bias is None else y + bias.unsqueeze(-1).unsqueeze(-1)
