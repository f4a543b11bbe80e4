"""The sum in softmax goes along the last axis, whatever the axis is.

Verdict: wrong_answer
"""

import numpy as np


def _top(x, axis):
    m = x.max(axis=axis, keepdims=True)
    return np.where(m == -np.inf, x.dtype.type(0), m)


def softmax(x, axis=-1):
    e = np.exp(x - _top(x, axis))
    s = e.sum(-1, keepdims=True)
    return np.divide(e, s, out=np.zeros_like(e), where=s != 0)


def logsumexp(x, axis=-1):
    m = _top(x, axis)
    with np.errstate(divide="ignore"):
        return (m + np.log(np.exp(x - m).sum(axis, keepdims=True))).squeeze(axis)


def log_softmax(x, axis=-1):
    lse = np.expand_dims(logsumexp(x, axis), axis)
    return x - np.where(lse == -np.inf, x.dtype.type(0), lse)
