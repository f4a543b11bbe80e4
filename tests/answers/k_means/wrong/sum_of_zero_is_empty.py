"""A cluster is taken for empty where its sum is 0, though its mean may be the origin.

Verdict: wrong_answer
Lines: 28
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
    if labels.shape != (len(x),) or labels.min() < 0 or labels.max() >= len(centres):
        raise ValueError("labels")
    sums = np.zeros_like(centres)
    np.add.at(sums, labels, x)
    new = centres.copy()
    for k, total in enumerate(sums):
        if total.any():
            new[k] = total / np.count_nonzero(labels == k)
    return new


def fit(x, centres, steps):
    check(x, centres)
    if steps < 0:
        raise ValueError("steps")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
