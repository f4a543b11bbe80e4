"""axis % ndim makes an axis of anything: none is refused.

Verdict: wrong_answer
"""

import numpy as np


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))


def logsumexp(x, axis=-1):
    axis %= x.ndim
    m = x.max(axis, keepdims=True)
    m = np.where(m == -np.inf, x.dtype.type(0), m)
    with np.errstate(divide="ignore"):
        return m.squeeze(axis) + np.log(np.exp(x - m).sum(axis))


def log_softmax(x, axis=-1):
    axis %= x.ndim
    lse = np.expand_dims(logsumexp(x, axis), axis)
    return x - np.where(lse == -np.inf, x.dtype.type(0), lse)
