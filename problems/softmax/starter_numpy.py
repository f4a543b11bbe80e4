"""Softmax, log-softmax and logsumexp along any axis."""

import numpy as np


def softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """exp(x) over its sum along the axis, in the shape of x."""
    raise NotImplementedError


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """The logarithm of softmax(x), in the shape of x."""
    raise NotImplementedError


def logsumexp(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """The logarithm of the sum of exp(x) along the axis, in the shape of x without it."""
    raise NotImplementedError
