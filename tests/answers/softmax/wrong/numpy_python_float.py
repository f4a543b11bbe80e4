"""logsumexp of a vector is a Python float.

Verdict: wrong_answer|wrong_shape
Lines: 15
"""

import numpy as np


def logsumexp(x, axis=-1):
    m = x.max(axis, keepdims=True)
    m = np.where(m == -np.inf, x.dtype.type(0), m)
    with np.errstate(divide="ignore"):
        y = m.squeeze(axis) + np.log(np.exp(x - m).sum(axis))
    return float(y) if y.ndim == 0 else y


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))


def log_softmax(x, axis=-1):
    lse = np.expand_dims(np.asarray(logsumexp(x, axis), x.dtype), axis)
    return x - np.where(lse == -np.inf, x.dtype.type(0), lse)
