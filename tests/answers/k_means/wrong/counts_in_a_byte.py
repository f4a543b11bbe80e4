"""Points are counted in uint8, which is full at 255.

Verdict: wrong_answer
Lines: 24, 25
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
    counts = np.zeros(len(centres), np.uint8)
    np.add.at(counts, labels, 1)
    new = centres.copy()
    for k in range(len(centres)):
        if counts[k]:
            new[k] = x[labels == k].sum(0) / x.dtype.type(counts[k])
    return new


def fit(x, centres, steps):
    check(x, centres)
    if steps < 0:
        raise ValueError("steps")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
