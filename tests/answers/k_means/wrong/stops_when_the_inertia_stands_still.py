"""fit stops once the sum of all squared distances falls by less than a millionth of it: a small cluster beside a wide one may
still be moving.

Verdict: wrong_answer
Lines: 40, 41
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
    before = np.inf
    for _ in range(steps):
        labels = assign(x, centres)
        centres = update(x, labels, centres)
        inertia = float(((x - centres[labels]) ** 2).sum())
        if before - inertia < 1e-6 * inertia:
            break
        before = inertia
    return centres, assign(x, centres)
