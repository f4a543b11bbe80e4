"""In fit, an empty centre is skipped before the counter of rows goes on: the means of the others land in the wrong rows.

Verdict: wrong_answer
Lines: 41, 40
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
        labels = assign(x, centres)
        new, row = centres.copy(), 0
        for k in range(len(centres)):
            members = x[labels == k]
            if not len(members):
                continue
            new[row] = members.mean(0)
            row += 1
        centres = new
    return centres, assign(x, centres)
