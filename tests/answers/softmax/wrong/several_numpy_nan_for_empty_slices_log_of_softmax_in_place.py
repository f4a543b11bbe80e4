"""A slice that is -inf throughout gives NaN in softmax, log_softmax takes the logarithm of what was rounded to 0,
and logsumexp subtracts the largest number from the input itself.

Verdict: wrong_answer | runtime_error
Lines: 20, 28, 35
Mistakes: 3
"""

import numpy as np


def _axis(x, axis):
    if axis < -x.ndim or axis >= x.ndim:
        raise ValueError("x has no such axis")
    return axis


def softmax(x, axis=-1):
    axis = _axis(x, axis)
    top = x.max(axis=axis, keepdims=True)
    e = np.exp(x - top)
    total = e.sum(axis=axis, keepdims=True)
    return e / np.where(total == 0, 1, total).astype(x.dtype)


def log_softmax(x, axis=-1):
    axis = _axis(x, axis)
    return np.log(softmax(x, axis))


def logsumexp(x, axis=-1):
    axis = _axis(x, axis)
    top = x.max(axis=axis, keepdims=True)
    top = np.where(np.isneginf(top), np.zeros_like(top), top)
    x -= top
    with np.errstate(divide="ignore"):
        return np.log(np.exp(x).sum(axis=axis)) + top.squeeze(axis)
