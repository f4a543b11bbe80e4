"""For an axis with one entry, logsumexp is a view of x, and log_softmax fills its -inf with 0: in x.

Verdict: wrong_answer
Lines: 22, 13
"""

import numpy as np


def logsumexp(x, axis=-1):
    m = x.max(axis)
    if x.shape[axis] == 1:
        return x.squeeze(axis)
    safe = np.where(m == -np.inf, x.dtype.type(0), m)
    with np.errstate(divide="ignore"):
        return safe + np.log(np.exp(x - np.expand_dims(safe, axis)).sum(axis))


def log_softmax(x, axis=-1):
    lse = np.expand_dims(logsumexp(x, axis), axis)
    if lse.flags.writeable:
        lse[lse == -np.inf] = 0
    else:
        lse = np.where(lse == -np.inf, x.dtype.type(0), lse)
    return x - lse


def softmax(x, axis=-1):
    m = x.max(axis, keepdims=True)
    e = np.exp(x - np.where(m == -np.inf, x.dtype.type(0), m))
    s = e.sum(axis, keepdims=True)
    return e / np.where(s == 0, x.dtype.type(1), s)
