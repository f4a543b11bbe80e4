"""The axis is moved to the front, so that everything broadcasts; NumPy itself complains of axes that are not there."""

import numpy as np


def _front(x, axis):
    x = np.moveaxis(x, axis, 0)
    top = x.max(0)
    return x, np.where(np.isneginf(top), x.dtype.type(0), top)


def logsumexp(x, axis=-1):
    x, top = _front(x, axis)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(x - top).sum(0)) + top


def softmax(x, axis=-1):
    z, top = _front(x, axis)
    e = np.exp(z - top)
    s = e.sum(0)
    s = np.where(s == 0, x.dtype.type(1), s)
    return np.moveaxis(e / s, 0, axis)


def log_softmax(x, axis=-1):
    z, top = _front(x, axis)
    s = np.exp(z - top).sum(0)
    with np.errstate(divide="ignore"):
        log = np.where(s == 0, x.dtype.type(0), np.log(s))
    return np.moveaxis(z - top - log, 0, axis)
