"""Results of one shape and dtype share a buffer: the next call overwrites what the last one returned.

Verdict: wrong_answer
Lines: 28, 16
"""

import numpy as np

buffers = {}


def buffer(x):
    key = (x.shape, x.dtype.str)
    if key not in buffers:
        buffers[key] = np.empty(x.shape, x.dtype)
    return buffers[key]


def logsumexp(x, axis=-1):
    m = x.max(axis, keepdims=True)
    m = np.where(m == -np.inf, x.dtype.type(0), m)
    with np.errstate(divide="ignore"):
        return m.squeeze(axis) + np.log(np.exp(x - m).sum(axis))


def log_softmax(x, axis=-1):
    lse = np.expand_dims(logsumexp(x, axis), axis)
    return np.subtract(x, np.where(lse == -np.inf, x.dtype.type(0), lse), out=buffer(x))


def softmax(x, axis=-1):
    y = log_softmax(x, axis)
    return np.exp(y, out=y)
