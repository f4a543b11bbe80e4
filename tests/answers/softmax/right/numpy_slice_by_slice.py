"""One slice after the other, in Python's own floats."""

import math

import numpy as np

INF = float("inf")


def weights(numbers):
    top = max(numbers)
    if top == -INF:
        return top, [0.0] * len(numbers), 0.0
    e = [math.exp(n - top) for n in numbers]
    return top, e, math.fsum(e)


def slices(x, axis):
    """Yields the index of each slice and its numbers."""
    shape = list(x.shape)
    shape[axis] = 1
    for index in np.ndindex(*shape):
        index = list(index)
        index[axis] = slice(None)
        index = tuple(index)
        yield index, x[index].tolist()


def check(x, axis):
    if axis not in range(-x.ndim, x.ndim):
        raise ValueError(axis)


def softmax(x, axis=-1):
    check(x, axis)
    y = np.empty_like(x, subok=False)
    for index, numbers in slices(x, axis):
        _, e, total = weights(numbers)
        y[index] = [n / total if total else 0.0 for n in e]
    return y


def log_softmax(x, axis=-1):
    check(x, axis)
    y = np.empty(x.shape, x.dtype)
    for index, numbers in slices(x, axis):
        top, _, total = weights(numbers)
        y[index] = [n - top - math.log(total) if n > -INF else n for n in numbers]
    return y


def logsumexp(x, axis=-1):
    check(x, axis)
    y = np.full([n for i, n in enumerate(x.shape) if i != axis % x.ndim], -np.inf, x.dtype)
    flat = y.reshape(-1)
    for i, (_, numbers) in enumerate(slices(x, axis)):
        top, _, total = weights(numbers)
        if total:
            flat[i] = top + math.log(total)
    return y
