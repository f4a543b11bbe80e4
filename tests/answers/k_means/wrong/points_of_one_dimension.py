"""A vector of points is taken for points on a line: x of one dimension is no error.

Verdict: wrong_answer
"""

import numpy as np


def points(x, centres):
    x = x[:, None] if x.ndim == 1 else x
    centres = centres[:, None] if centres.ndim == 1 else centres
    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1] or len(centres) == 0:
        raise ValueError("shapes")
    return x, centres


def assign(x, centres):
    x, centres = points(x, centres)
    return ((x[:, None] - centres) ** 2).sum(-1).argmin(1)


def update(x, labels, centres):
    x, centres = points(x, centres)
    if labels.shape != (len(x),) or labels.min() < 0 or labels.max() >= len(centres):
        raise ValueError("labels")
    new = centres.copy()
    for k in np.unique(labels):
        new[k] = x[labels == k].mean(0)
    return new


def fit(x, centres, steps):
    x, centres = points(x, centres)
    if steps < 0:
        raise ValueError("steps")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
