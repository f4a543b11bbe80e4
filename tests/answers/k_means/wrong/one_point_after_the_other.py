"""MacQueen's variant: inside a step, each centre moves as soon as a point is assigned to it.

Verdict: wrong_answer
Lines: 41, 38
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
    centres = centres.copy()
    for _ in range(steps):
        sums, counts = np.zeros_like(centres), np.zeros(len(centres), x.dtype)
        for point in x:
            k = ((centres - point) ** 2).sum(1).argmin()
            sums[k] += point
            counts[k] += 1
            centres[k] = sums[k] / counts[k]
    return centres, assign(x, centres)
