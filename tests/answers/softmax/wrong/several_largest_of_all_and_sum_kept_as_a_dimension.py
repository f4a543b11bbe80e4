"""The largest number of the whole tensor is subtracted from every slice, and logsumexp keeps the axis with size 1.

Verdict: wrong_shape | wrong_answer
Lines: 18, 41
Mistakes: 2
"""

import torch


def _check(x, axis):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis {axis} is not there")


def _shifted(x, axis):
    """x - top, top, and the sum of exponentials with 1 in place of 0."""
    top = x.detach().max()
    top = torch.where(torch.isinf(top), torch.zeros_like(top), top)
    total = torch.exp(x - top).sum(dim=axis, keepdim=True)
    return x - top, top, torch.where(total == 0, torch.ones_like(total), total)


def softmax(x, axis=-1):
    _check(x, axis)
    shifted, _, total = _shifted(x, axis)
    return torch.exp(shifted) / total


def log_softmax(x, axis=-1):
    _check(x, axis)
    shifted, _, total = _shifted(x, axis)
    return shifted - total.log()


def logsumexp(x, axis=-1):
    _check(x, axis)
    _, top, total = _shifted(x, axis)
    empty = torch.isneginf(x).all(dim=axis, keepdim=True)
    result = torch.where(empty, torch.full_like(top, -torch.inf), top + total.log())
    return result
