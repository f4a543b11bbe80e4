"""Softmax, its logarithm, and the logarithm of a sum of exponentials, along any axis.

    logsumexp(x)     = log Σ exp(x_i)  =  m + log Σ exp(x_i - m)        for any m, here the largest x_i
    softmax(x)_i     = exp(x_i - m) / Σ exp(x_j - m)
    log_softmax(x)_i = (x_i - m) - log Σ exp(x_j - m)

Why m is taken off, and how accurate that is: Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and
softmax functions", 2021.

Decisions:
- With the largest entry taken off, no exponential overflows and the sum is 1 at least, so that its logarithm is finite.
  It is the largest of each slice: the largest of the whole array would make far smaller slices vanish.
- All three come from the same two numbers of a slice. No logarithm is taken of a quotient, which may be rounded to 0.
- m is a constant for the gradient: whatever it is, it falls out.
- In a slice that is all -inf the largest entry is -inf, and -inf - (-inf) is NaN: 0 is taken off instead. The sum is 0
  there, and becomes 1 before anything is divided by it or it goes into a logarithm. A result that is only put right
  afterwards has NaN in its gradient.
"""

from __future__ import annotations

import torch
from torch import Tensor


def softmax(x: Tensor, axis: int = -1) -> Tensor:
    """Weights in proportion to exp(x) that sum to 1 along the axis; all 0 where x is all -inf."""
    _, shifted, total = parts(x, axis)
    return torch.exp(shifted) / total


def log_softmax(x: Tensor, axis: int = -1) -> Tensor:
    """The logarithm of softmax(x)."""
    _, shifted, total = parts(x, axis)
    return shifted - torch.log(total)


def logsumexp(x: Tensor, axis: int = -1) -> Tensor:
    """The logarithm of the sum of exp(x) along the axis, which the result does not have."""
    largest, _, total = parts(x, axis)
    return (torch.log(total) + largest).squeeze(axis)


def parts(x: Tensor, axis: int) -> tuple[Tensor, Tensor, Tensor]:
    """Of each slice its largest entry, its entries with that taken off, and the sum of their exponentials.

    Raises:
        ValueError: x has no such axis.
    """
    if not -x.dim() <= axis < x.dim():
        raise ValueError(f"x has {x.dim()} axes, and no axis {axis}")
    largest = x.detach().amax(dim=axis, keepdim=True)
    empty = largest.isneginf()
    shifted: Tensor = x - torch.where(empty, torch.zeros_like(largest), largest)
    total: Tensor = torch.exp(shifted).sum(dim=axis, keepdim=True) + empty
    return largest, shifted, total
