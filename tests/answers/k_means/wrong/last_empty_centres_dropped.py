"""np.bincount without minlength: it is too short where the last centres have no points.

Verdict: wrong_shape|wrong_answer|runtime_error
Lines: 24, 27, 25
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
    counts = np.bincount(labels)
    sums = np.stack([np.bincount(labels, column) for column in x.T], 1)
    full = counts > 0
    new = centres[: len(counts)].copy()
    new[full] = sums[full] / counts[full, None]
    return new


def fit(x, centres, steps):
    check(x, centres)
    if steps < 0:
        raise ValueError("steps")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
