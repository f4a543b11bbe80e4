"""As a matrix whose rows are the slices; softmax by way of log_softmax."""

import numpy as np


def _rows(x, axis):
    if axis < -x.ndim or axis >= x.ndim:
        raise ValueError("axis")
    moved = np.moveaxis(x, axis, -1)
    return moved.reshape(-1, moved.shape[-1]), moved.shape


def logsumexp(x, axis=-1):
    rows, shape = _rows(x, axis)
    result = np.full(len(rows), -np.inf, dtype=x.dtype)
    alive = np.isfinite(rows).any(axis=1)
    top = rows[alive].max(axis=1)
    result[alive] = np.log(np.exp(rows[alive] - top[:, None]).sum(axis=1)) + top
    return result.reshape(shape[:-1])


def log_softmax(x, axis=-1):
    lse = np.expand_dims(logsumexp(x, axis), axis)
    with np.errstate(invalid="ignore"):
        result = x - lse
    return np.where(x == -np.inf, x, result)


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis=axis))
