"""float32 comes back as float64.

Verdict: wrong_answer|wrong_shape
"""

import numpy as np


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))


def logsumexp(x, axis=-1):
    x = np.asarray(x, float)
    m = x.max(axis, keepdims=True)
    m = np.where(m == -np.inf, 0, m)
    with np.errstate(divide="ignore"):
        return m.squeeze(axis) + np.log(np.exp(x - m).sum(axis))


def log_softmax(x, axis=-1):
    lse = np.expand_dims(logsumexp(x, axis), axis)
    return x - np.where(lse == -np.inf, 0, lse)
