"""fit stops once np.allclose says that centres have not moved: a hundred-thousandth of their size is taken for nothing.

Verdict: wrong_answer
Lines: 36
Mistake: stops-at-a-tolerance
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
    for _ in range(steps):
        new = update(x, assign(x, centres), centres)
        done = np.allclose(new, centres)
        centres = new
        if done:
            break
    return centres, assign(x, centres)
