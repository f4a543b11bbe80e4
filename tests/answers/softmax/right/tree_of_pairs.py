"""logsumexp by halves: two and two are joined until one is left, and the other two functions follow from it."""

import torch


def join(a, b):
    """log(exp(a) + exp(b)), with -inf and gradients."""
    high, low = torch.maximum(a, b), torch.minimum(a, b)
    nothing = low == -torch.inf
    gap = torch.where(nothing, 0.0, low) - torch.where(nothing, 0.0, high)
    return torch.where(nothing, high, high + torch.log1p(torch.exp(gap)))


def logsumexp(x, axis=-1):
    if axis < -x.ndim or axis >= x.ndim:
        raise ValueError("axis")
    x = x.movedim(axis, 0)
    x = torch.where(x == -torch.inf, -torch.inf, x)  # an entry of -inf passes no gradient on
    while len(x) > 1:
        odd = x[-1:] if len(x) % 2 else x[:0]
        half = len(x) // 2
        x = torch.cat([join(x[:half], x[half : 2 * half]), odd])
    return x[0]


def log_softmax(x, axis=-1):
    total = logsumexp(x, axis).unsqueeze(axis)
    return x - torch.where(total == -torch.inf, 0.0, total)


def softmax(x, axis=-1):
    return log_softmax(x, axis).exp()
