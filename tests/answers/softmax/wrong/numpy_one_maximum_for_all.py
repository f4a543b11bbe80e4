"""The maximum of the whole array is subtracted, not that of each slice: slices far below it underflow to 0.

Verdict: wrong_answer
Lines: 11, 20
"""

import numpy as np


def softmax(x, axis=-1):
    top = np.max(x)
    if top == -np.inf:
        top = 0
    e = np.exp(x - top)
    s = e.sum(axis=axis, keepdims=True)
    return np.where(s == 0, 0, e / np.where(s == 0, 1, s)).astype(x.dtype)


def logsumexp(x, axis=-1):
    top = np.max(x)
    if top == -np.inf:
        top = x.dtype.type(0)
    return top + np.log(np.exp(x - top).sum(axis=axis))


def log_softmax(x, axis=-1):
    lse = np.expand_dims(logsumexp(x, axis), axis)
    return x - np.where(lse == -np.inf, x.dtype.type(0), lse)
