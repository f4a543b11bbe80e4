"""In fit, an empty centre is put on the point that is farthest from its own centre, as libraries do.

Verdict: wrong_answer
Lines: 39
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
        centres = update(x, labels, centres)
        far = np.argsort(-((x - centres[labels]) ** 2).sum(1))
        for k, n in zip(sorted(set(range(len(centres))) - set(labels.tolist())), far):
            centres[k] = x[n]
    return centres, assign(x, centres)
