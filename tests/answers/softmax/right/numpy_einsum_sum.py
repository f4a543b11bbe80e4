"""Right: a decorator with functools.wraps is read through, and its parameters are taken for those of the function.

Verdict: accepted
"""

import functools

import numpy as np


def along_last(function):
    """The axis is moved to the end, and what still has it is moved back."""

    @functools.wraps(function)
    def outer(x, axis=-1):
        y = function(np.moveaxis(x, axis, -1))
        return np.moveaxis(y, -1, axis) if y.ndim == x.ndim else y

    return outer


def shifted(x):
    m = np.maximum(x.max(-1, keepdims=True), np.finfo(x.dtype).min)
    e = np.exp(x - m)
    return m, e, np.einsum("...i->...", e)[..., None]


@along_last
def softmax(x):
    _, e, s = shifted(x)
    return np.divide(e, s, out=np.zeros_like(e), where=s > 0)


@along_last
def logsumexp(x):
    m, _, s = shifted(x)
    return np.add(m, np.log(s, where=s > 0, out=np.zeros_like(s)), where=s > 0, out=np.full_like(s, -np.inf))[..., 0]


@along_last
def log_softmax(x):
    m, _, s = shifted(x)
    return x - m - np.log(np.where(s > 0, s, 1))
