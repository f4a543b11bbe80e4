"""fit returns the labels from which the last centres were made, not those that belong to them.

Verdict: wrong_answer
Lines: 39
Mistake: labels-of-the-step-before
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
    labels = assign(x, centres)
    for step in range(steps):
        if step:
            labels = assign(x, centres)
        centres = update(x, labels, centres)
    return centres, labels
