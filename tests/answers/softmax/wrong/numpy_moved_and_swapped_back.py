"""The axis is moved to the end, and swapped back: the same for the last two axes, not for the others.

Verdict: wrong_answer|wrong_shape
Lines: 16
"""

import numpy as np


def log_softmax(x, axis=-1):
    z = np.moveaxis(x, axis, -1)
    m = z.max(-1, keepdims=True)
    m = np.where(m == -np.inf, x.dtype.type(0), m)
    s = np.exp(z - m).sum(-1, keepdims=True)
    y = z - m - np.log(np.where(s == 0, x.dtype.type(1), s))
    return np.swapaxes(y, axis, -1)


def softmax(x, axis=-1):
    m = x.max(axis, keepdims=True)
    m = np.where(m == -np.inf, x.dtype.type(0), m)
    e = np.exp(x - m)
    s = e.sum(axis, keepdims=True)
    return e / np.where(s == 0, x.dtype.type(1), s)


def logsumexp(x, axis=-1):
    m = x.max(axis, keepdims=True)
    m = np.where(m == -np.inf, x.dtype.type(0), m)
    with np.errstate(divide="ignore"):
        return m.squeeze(axis) + np.log(np.exp(x - m).sum(axis))
