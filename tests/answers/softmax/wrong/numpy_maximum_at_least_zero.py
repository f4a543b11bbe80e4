"""The maximum is taken with 0 among the numbers: where all are below -750, every weight underflows.

Verdict: wrong_answer
Lines: 11
"""

import numpy as np


def _stable(x, axis):
    m = np.max(x, axis=axis, keepdims=True, initial=0)
    e = np.exp(x - m)
    return m, e, e.sum(axis=axis, keepdims=True)


def softmax(x, axis=-1):
    m, e, s = _stable(x, axis)
    return np.divide(e, s, where=s > 0, out=np.zeros_like(e))


def logsumexp(x, axis=-1):
    m, e, s = _stable(x, axis)
    with np.errstate(divide="ignore"):
        return np.squeeze(m + np.log(s), axis)


def log_softmax(x, axis=-1):
    m, e, s = _stable(x, axis)
    return x - m - np.log(np.where(s == 0, 1, s), dtype=x.dtype)
