"""Softmax, log-softmax and logsumexp along any axis."""

import torch


def softmax(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """exp(x) over its sum along the axis, in the shape of x."""
    raise NotImplementedError


def log_softmax(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """The logarithm of softmax(x), in the shape of x."""
    raise NotImplementedError


def logsumexp(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """The logarithm of the sum of exp(x) along the axis, in the shape of x without it."""
    raise NotImplementedError
