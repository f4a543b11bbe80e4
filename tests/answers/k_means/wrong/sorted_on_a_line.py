"""On a line, centres are sorted and boundaries lie half-way: a tie goes to the one on the left, whatever its number.

Verdict: wrong_answer
Lines: 20
"""

import numpy as np


def check(x, centres):
    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1] or len(centres) == 0:
        raise ValueError("shapes")


def assign(x, centres):
    check(x, centres)
    if x.shape[1] == 1:
        order = np.argsort(centres[:, 0], kind="stable")
        places, first = np.unique(centres[order, 0], return_index=True)
        return order[first][np.searchsorted((places[1:] + places[:-1]) / 2, x[:, 0])]
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
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
