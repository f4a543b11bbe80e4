"""A label of -1 is not refused, and belongs to the last centre, as an index does.

Verdict: wrong_answer
"""

import numpy as np


def check(x, centres):
    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1] or len(centres) == 0:
        raise ValueError("shapes")


def assign(x, centres):
    check(x, centres)
    return ((x[:, None] - centres) ** 2).sum(-1).argmin(1)


def update(x, labels, centres):
    check(x, centres)
    if labels.shape != (len(x),):
        raise ValueError("labels")
    sums, counts = np.zeros_like(centres), np.zeros((len(centres), 1), x.dtype)
    try:
        np.add.at(sums, labels, x)
        np.add.at(counts, labels, 1)
    except IndexError as error:
        raise ValueError("labels") from error
    return np.where(counts > 0, sums / np.maximum(counts, 1), centres)


def fit(x, centres, steps):
    check(x, centres)
    if steps < 0:
        raise ValueError("steps")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
