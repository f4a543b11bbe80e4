"""Rows are made by reshape alone, without moving the axis to the end first.

Verdict: wrong_answer
Lines: 14, 25
"""

import numpy as np


def logsumexp(x, axis=-1):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError("axis")
    n = x.shape[axis]
    rows = x.reshape(-1, n)
    m = rows.max(1, keepdims=True)
    m = np.where(m == -np.inf, x.dtype.type(0), m)
    with np.errstate(divide="ignore"):
        y = m[:, 0] + np.log(np.exp(rows - m).sum(1))
    return y.reshape(np.delete(x.shape, axis))


def log_softmax(x, axis=-1):
    if not -x.ndim <= axis < x.ndim:
        raise ValueError("axis")
    rows = x.reshape(-1, x.shape[axis])
    m = rows.max(1, keepdims=True)
    m = np.where(m == -np.inf, x.dtype.type(0), m)
    s = np.exp(rows - m).sum(1, keepdims=True)
    return (rows - m - np.log(np.where(s == 0, x.dtype.type(1), s))).reshape(x.shape)


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))
