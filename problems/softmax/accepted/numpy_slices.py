"""One slice after the other, each a vector."""

import math

import numpy as np


def _lse(row):
    top = row.max()
    if top == -math.inf:
        return top
    return top + np.log(np.sum(np.exp(row - top)))


def _log_softmax(row):
    lse = _lse(row)
    return row if np.isinf(lse) else row - lse


def _softmax(row):
    return np.exp(_log_softmax(row))


def _along(function, x, axis):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"no axis {axis}")
    return np.apply_along_axis(function, axis, x)


def softmax(x, axis=-1):
    return _along(_softmax, x, axis)


def log_softmax(x, axis=-1):
    return _along(_log_softmax, x, axis)


def logsumexp(x, axis=-1):
    return _along(_lse, x, axis)
