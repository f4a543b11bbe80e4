"""A distance must be smaller by 1e-12 to count as nearer, against rounding.

Verdict: wrong_answer
Lines: 21
"""

import numpy as np


def check(x, centres):
    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1] or len(centres) == 0:
        raise ValueError("shapes")


def assign(x, centres):
    check(x, centres)
    labels = np.zeros(len(x), np.int64)
    best = ((x - centres[0]) ** 2).sum(1)
    for k in range(1, len(centres)):
        d = ((x - centres[k]) ** 2).sum(1)
        nearer = d < best - 1e-12
        best[nearer] = d[nearer]
        labels[nearer] = k
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
