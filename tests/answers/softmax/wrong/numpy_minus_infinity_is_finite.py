"""-inf is replaced by the smallest finite number, and stays so: log_softmax of it is finite, and a slice of -inf is uniform.

Verdict: wrong_answer
"""

import numpy as np


def _fill(x):
    return np.maximum(x, np.finfo(x.dtype).min / 4)


def softmax(x, axis=-1):
    x = _fill(x)
    e = np.exp(x - np.max(x, axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def log_softmax(x, axis=-1):
    x = _fill(x)
    z = x - np.max(x, axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis, keepdims=True))


def logsumexp(x, axis=-1):
    x = _fill(x)
    m = np.max(x, axis, keepdims=True)
    return np.squeeze(m, axis) + np.log(np.exp(x - m).sum(axis))
