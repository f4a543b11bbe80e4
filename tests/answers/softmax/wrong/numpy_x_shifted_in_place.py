"""x -= max changes the argument.

Verdict: wrong_answer
"""

import numpy as np


def softmax(x, axis=-1):
    m = np.max(x, axis=axis, keepdims=True)
    m[m == -np.inf] = 0
    x -= m
    e = np.exp(x)
    s = e.sum(axis=axis, keepdims=True)
    s[s == 0] = 1
    return e / s


def logsumexp(x, axis=-1):
    m = np.max(x, axis=axis, keepdims=True)
    m[m == -np.inf] = 0
    return np.squeeze(m, axis) + np.log(np.exp(x - m).sum(axis=axis))


def log_softmax(x, axis=-1):
    lse = np.expand_dims(logsumexp(x, axis), axis)
    return x - np.where(lse == -np.inf, x.dtype.type(0), lse)
