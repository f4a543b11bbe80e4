"""log_softmax from logsumexp, softmax from log_softmax: x - logsumexp loses a few digits where x is large."""

import torch


def logsumexp(x, axis=-1):
    if not (0 <= axis + x.ndim < 2 * x.ndim):
        raise ValueError
    finite = torch.isfinite(x)
    some = finite.any(dim=axis)
    filled = x.masked_fill(~finite, -3e4)
    top, _ = filled.max(dim=axis, keepdim=True)
    powers = (filled - top).exp() * finite
    # where there is nothing at all, the sum is 0, and its logarithm has no gradient to give
    total = powers.sum(dim=axis) + (~some).to(x.dtype)
    return torch.where(some, top.squeeze(axis) + total.log(), -torch.inf)


def log_softmax(x, axis=-1):
    z = logsumexp(x, axis).unsqueeze(axis)
    return torch.where(torch.isfinite(x), x - z, -torch.inf)


def softmax(x, axis=-1):
    return torch.exp(log_softmax(x, axis))
