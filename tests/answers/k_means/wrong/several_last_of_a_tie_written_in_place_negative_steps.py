"""The last of several nearest centres wins, update writes into the centres that it gets,
and negative steps are taken for none.

Verdict: wrong_answer
Lines: 30, 42, 52
Mistakes: 3
"""

import numpy as np


def squared_distance(a, b):
    return ((a - b) ** 2).sum()


def check_points(x, centres):
    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1]:
        raise ValueError("need points and centres [N, D] and [K, D]")
    if len(centres) < 1:
        raise ValueError("need at least one centre")


def assign(x, centres):
    check_points(x, centres)
    labels = np.zeros(len(x), dtype=np.int64)
    for n, point in enumerate(x):
        best = np.inf
        for k, centre in enumerate(centres):
            d = squared_distance(point, centre)
            if d <= best:
                best = d
                labels[n] = k
    return labels


def update(x, labels, centres):
    check_points(x, centres)
    if labels.shape != (x.shape[0],):
        raise ValueError("one label a point")
    if labels.min() < 0 or labels.max() >= len(centres):
        raise ValueError("label out of range")
    new = centres
    for k in range(len(centres)):
        mine = x[labels == k]
        if len(mine):
            new[k] = mine.mean(axis=0)
    return new


def fit(x, centres, steps):
    check_points(x, centres)
    for _ in range(steps):
        labels = assign(x, centres)
        centres = update(x, labels, centres)
    return centres, assign(x, centres)
