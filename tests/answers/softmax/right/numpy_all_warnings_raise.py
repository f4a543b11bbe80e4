"""np.seterr(all="raise"), left over from debugging. What a file sets in its own process changes nothing in how it is judged."""

import numpy as np

np.seterr(all="raise")


def logsumexp(x, axis=-1):
    m = x.max(axis, keepdims=True)
    m = np.where(m == -np.inf, x.dtype.type(0), m)
    with np.errstate(divide="ignore"):
        return m.squeeze(axis) + np.log(np.exp(x - m).sum(axis))


def log_softmax(x, axis=-1):
    lse = np.expand_dims(logsumexp(x, axis), axis)
    return x - np.where(lse == -np.inf, x.dtype.type(0), lse)


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))
