"""x is brought to rows, and these are overwritten: where reshape needn't copy, they are x itself (the last axis of a contiguous
array, or whatever moveaxis and reshape can express as a view).

Verdict: wrong_answer
Lines: 21, 22, 13
"""

import numpy as np


def rows_of(x, axis):
    moved = np.moveaxis(x, axis, -1)
    return moved.shape, moved.reshape(-1, moved.shape[-1])


def log_softmax(x, axis=-1):
    shape, rows = rows_of(x, axis)
    for row in rows:
        m = row.max()
        if m > -np.inf:
            row -= m
            row -= np.log(np.exp(row).sum())
    return np.moveaxis(rows.reshape(shape).copy(), -1, axis)


def softmax(x, axis=-1):
    return np.exp(log_softmax(x.copy(), axis))


def logsumexp(x, axis=-1):
    shape, rows = rows_of(x, axis)
    out = np.full(len(rows), -np.inf, x.dtype)
    for i, row in enumerate(rows):
        m = row.max()
        if m > -np.inf:
            out[i] = m + np.log(np.exp(row - m).sum())
    return out.reshape(shape[:-1])
