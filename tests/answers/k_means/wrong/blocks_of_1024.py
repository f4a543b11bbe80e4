"""Points are assigned in blocks of 1024, and those of an incomplete last block stay with centre 0 — unless it is the only one.

Verdict: wrong_answer
Lines: 19, 21
"""

import numpy as np


def check(x, centres):
    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1] or len(centres) == 0:
        raise ValueError("shapes")


def assign(x, centres):
    check(x, centres)
    labels = np.zeros(len(x), np.int64)
    size = min(1024, len(x))
    for i in range(len(x) // size):
        block = slice(i * size, (i + 1) * size)
        labels[block] = ((x[block, None] - centres) ** 2).sum(-1).argmin(1)
    return labels


def update(x, labels, centres):
    check(x, centres)
    if labels.shape != (len(x),) or labels.min() < 0 or labels.max() >= len(centres):
        raise ValueError("labels")
    new = centres.copy()
    for k in np.unique(labels):
        new[k] = x[labels == k].mean(0)
    return new


def fit(x, centres, steps):
    check(x, centres)
    if steps < 0:
        raise ValueError("steps")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
