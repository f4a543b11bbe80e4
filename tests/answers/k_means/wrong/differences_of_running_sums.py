"""Points are sorted by label, and sums are differences of a running sum: a cluster of small numbers behind one of large ones loses
its digits.

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
    order = np.argsort(labels, kind="stable")
    running = np.vstack([np.zeros_like(x[:1]), np.cumsum(x[order], axis=0)])
    ends = np.searchsorted(labels[order], np.arange(len(centres) + 1))
    counts = np.diff(ends)[:, None].astype(x.dtype)
    sums = running[ends[1:]] - running[ends[:-1]]
    return np.where(counts > 0, sums / np.maximum(counts, 1), centres)


def fit(x, centres, steps):
    check(x, centres)
    if steps < 0:
        raise ValueError("steps")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
