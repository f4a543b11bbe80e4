"""fit stops when labels do not change, and begins with labels of 0: where all points belong to centre 0 at first, it never moves.

Verdict: wrong_answer
Lines: 34, 37, 38
Mistake: stops-before-the-first-step
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
    new = centres.copy()
    for k in np.unique(labels):
        new[k] = x[labels == k].mean(0)
    return new


def fit(x, centres, steps):
    check(x, centres)
    if steps < 0:
        raise ValueError("steps")
    labels = np.zeros(len(x), dtype=np.int64)
    for _ in range(steps):
        new_labels = assign(x, centres)
        if np.array_equal(new_labels, labels):
            break
        labels = new_labels
        centres = update(x, labels, centres)
    return centres, assign(x, centres)
