"""A centre without points goes to zero, and fit returns the labels from before the last update.

Verdict: wrong_answer
Lines: 31, 44
Mistake: empty-cluster-at-the-origin+labels-of-the-step-before
Mistakes: 2
"""

import numpy as np


def _validate(x, centres):
    if x.ndim != 2 or centres.ndim != 2:
        raise ValueError("x and centres must have two dimensions")
    if x.shape[1] != centres.shape[1] or centres.shape[0] == 0:
        raise ValueError("centres do not fit the points")


def assign(x, centres):
    _validate(x, centres)
    difference = x[:, None, :] - centres[None, :, :]
    return np.einsum("nkd,nkd->nk", difference, difference).argmin(axis=1)


def update(x, labels, centres):
    _validate(x, centres)
    k = len(centres)
    if labels.shape != (len(x),) or (labels < 0).any() or (labels >= k).any():
        raise ValueError("labels do not fit")
    member = labels == np.arange(k)[:, None]
    counts = member.sum(axis=1, keepdims=True)
    means = np.zeros_like(centres)
    for j in np.flatnonzero(counts[:, 0]):
        means[j] = x[member[j]].sum(axis=0) / counts[j].astype(x.dtype)
    return means


def fit(x, centres, steps):
    if steps < 0:
        raise ValueError("steps must not be negative")
    labels = assign(x, centres)
    for _ in range(steps):
        labels = assign(x, centres)
        centres = update(x, labels, centres)
    return centres, labels
