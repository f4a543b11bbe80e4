"""The axis is read in blocks of 4096; where a later block has a higher maximum, the sum so far is not scaled down to it.

Verdict: wrong_answer
Lines: 19
"""

import numpy as np

BLOCK = 4096


def logsumexp(x, axis=-1):
    x = np.moveaxis(x, axis, 0)
    top = np.full(x.shape[1:], -np.inf, x.dtype)
    total = np.zeros(x.shape[1:], x.dtype)
    for start in range(0, len(x), BLOCK):
        block = x[start : start + BLOCK]
        top = np.maximum(top, block.max(0))
        total = total + np.exp(block - np.where(top == -np.inf, x.dtype.type(0), top)).sum(0)
    with np.errstate(divide="ignore"):
        return np.where(top == -np.inf, x.dtype.type(0), top) + np.log(total)


def log_softmax(x, axis=-1):
    lse = np.expand_dims(logsumexp(x, axis), axis)
    return x - np.where(lse == -np.inf, x.dtype.type(0), lse)


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))
