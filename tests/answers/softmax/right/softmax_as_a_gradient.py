"""softmax is the gradient of logsumexp, and autograd is asked for it; log_softmax is what x lacks to logsumexp."""

import torch


def logsumexp(x, axis=-1):
    if not -x.ndim <= axis <= x.ndim - 1:
        raise ValueError(f"x has {x.ndim} axes; there is no {axis}")
    with torch.no_grad():
        top = x.amax(axis, keepdim=True)
        empty = (top == -torch.inf).squeeze(axis)
        top.masked_fill_(top == -torch.inf, 0)
    total = torch.exp(x - top).sum(axis).where(~empty, torch.ones((), dtype=x.dtype))
    return torch.where(empty, -torch.inf, top.squeeze(axis) + total.log())


def softmax(x, axis=-1):
    with torch.enable_grad():
        z = x if x.requires_grad else x.detach().requires_grad_()
        y = logsumexp(z, axis)
        (p,) = torch.autograd.grad(y.sum(), z, create_graph=x.requires_grad)
    return p


def log_softmax(x, axis=-1):
    z = logsumexp(x, axis).unsqueeze(axis)
    return x - z.masked_fill(z == -torch.inf, 0)
