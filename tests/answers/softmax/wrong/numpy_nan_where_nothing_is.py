"""Stable, but a slice that is all -inf gives NaN: -inf - -inf.

Verdict: wrong_answer
"""

import numpy as np


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def logsumexp(x, axis=-1):
    m = x.max(axis=axis, keepdims=True)
    return (m + np.log(np.exp(x - m).sum(axis=axis, keepdims=True))).squeeze(axis)


def log_softmax(x, axis=-1):
    return x - np.expand_dims(logsumexp(x, axis), axis)
