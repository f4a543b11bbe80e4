"""-inf is replaced by a number 30 below the smallest: where all numbers are close together, float64 sees its weight.

Verdict: wrong_answer
Lines: 13
"""

import numpy as np


def logsumexp(x, axis=-1):
    gone = x == -np.inf
    if not gone.all():
        x = np.where(gone, x[~gone].min() - 30, x).astype(x.dtype)
    else:
        x = np.zeros_like(x)
    m = x.max(axis, keepdims=True)
    y = m.squeeze(axis) + np.log(np.exp(x - m).sum(axis))
    return np.where(gone.all(axis), x.dtype.type(-np.inf), y)


def log_softmax(x, axis=-1):
    lse = np.expand_dims(logsumexp(x, axis), axis)
    return x - np.where(lse == -np.inf, x.dtype.type(0), lse)


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))
