"""log(softmax + 1e-12), where -inf is put back afterwards: no log_softmax is below -27.6.

Verdict: wrong_answer
Lines: 19
"""

import numpy as np


def softmax(x, axis=-1):
    m = np.max(x, axis=axis, keepdims=True)
    m = np.where(np.isinf(m), 0, m).astype(x.dtype)
    e = np.exp(x - m)
    s = np.sum(e, axis=axis, keepdims=True)
    return e / np.where(s == 0, 1, s).astype(x.dtype)


def log_softmax(x, axis=-1):
    y = np.log(softmax(x, axis) + x.dtype.type(1e-12))
    y[np.isinf(x)] = -np.inf
    return y


def logsumexp(x, axis=-1):
    m = np.max(x, axis=axis, keepdims=True)
    m = np.where(np.isinf(m), 0, m).astype(x.dtype)
    return np.squeeze(m, axis) + np.log(np.sum(np.exp(x - m), axis=axis))
