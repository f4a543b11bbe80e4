"""Written for matrices: the sums are put back with [:, None], which means something else with three dimensions.

Verdict: wrong_answer|wrong_shape|runtime_error
Lines: 17, 16
"""

import numpy as np


def log_softmax(x, axis=-1):
    lse = logsumexp(x, axis)
    lse = np.where(lse == -np.inf, x.dtype.type(0), lse)
    if x.ndim == 1:
        return x - lse
    if axis in (-1, x.ndim - 1):
        return x - lse[:, None]
    return x - lse[None]


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))


def logsumexp(x, axis=-1):
    m = x.max(axis, keepdims=True)
    m = np.where(m == -np.inf, x.dtype.type(0), m)
    with np.errstate(divide="ignore"):
        return m.squeeze(axis) + np.log(np.exp(x - m).sum(axis))
