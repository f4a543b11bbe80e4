"""log1p of the others: all that are equal to the maximum are taken out, though only one of them may be.

Verdict: wrong_answer
"""

import numpy as np


def logsumexp(x, axis=-1):
    m = x.max(axis, keepdims=True)
    m = np.where(m == -np.inf, x.dtype.type(0), m)
    others = np.where(x == m, x.dtype.type(0), np.exp(x - m)).sum(axis)
    return np.where(np.all(x == -np.inf, axis=axis), x.dtype.type(-np.inf), m.squeeze(axis) + np.log1p(others))


def log_softmax(x, axis=-1):
    lse = np.expand_dims(logsumexp(x, axis), axis)
    return x - np.where(lse == -np.inf, x.dtype.type(0), lse)


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))
