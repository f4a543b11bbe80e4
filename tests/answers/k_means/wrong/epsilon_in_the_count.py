"""1e-8 is added to the counts, against a division by 0: the means lose half of their digits in float64.

Verdict: wrong_answer
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
    member = (labels[:, None] == np.arange(len(centres))).astype(x.dtype)
    counts = member.sum(0)[:, None]
    return np.where(counts == 0, centres, (member.T @ x) / (counts + x.dtype.type(1e-8)))


def fit(x, centres, steps):
    check(x, centres)
    if steps < 0:
        raise ValueError("steps")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
