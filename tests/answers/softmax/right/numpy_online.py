"""One pass along the axis: the running maximum and the running sum, scaled anew where the maximum rises."""

import numpy as np


class Running:
    def __init__(self, first):
        self.top = np.full(first.shape, -np.inf)
        self.sum = np.zeros(first.shape)

    def __lshift__(self, new):
        top = np.maximum(self.top, new)
        safe = np.where(top == -np.inf, 0, top)
        self.sum = self.sum * np.exp(self.top - safe) + np.exp(new - safe)
        self.top = top
        return self


def run(x, axis):
    x = np.moveaxis(x, axis, 0)
    r = Running(x[0])
    for new in x:
        r <<= new
    return r


Running.__ilshift__ = Running.__lshift__


def logsumexp(x, axis=-1):
    r = run(x, axis)
    with np.errstate(divide="ignore"):
        return (r.top + np.log(r.sum)).astype(x.dtype)


def log_softmax(x, axis=-1):
    r = run(x, axis)
    with np.errstate(all="ignore"):
        y = x - np.expand_dims(r.top, axis) - np.log(np.expand_dims(r.sum, axis))
    y[x == -np.inf] = -np.inf
    return y.astype(x.dtype)


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))
