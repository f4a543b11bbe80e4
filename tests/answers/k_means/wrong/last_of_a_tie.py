"""<= takes the greatest number in a tie.

Verdict: wrong_answer
Lines: 21
Mistake: ties-go-to-the-last
"""

import numpy as np


def check(x, centres):
    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1] or len(centres) == 0:
        raise ValueError("shapes")


def assign(x, centres):
    check(x, centres)
    best = np.full(len(x), np.inf)
    labels = np.zeros(len(x), np.int64)
    for k, centre in enumerate(centres):
        d = ((x - centre) ** 2).sum(1)
        nearer = d <= best
        best = np.where(nearer, d, best)
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
