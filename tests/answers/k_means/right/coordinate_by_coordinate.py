"""Distances are added up coordinate by coordinate, and means by np.bincount with weights, in float64."""

import numpy as np


def distances(x, centres):
    total = np.zeros((len(x), len(centres)), x.dtype)
    for column, places in zip(x.T, centres.T):
        total += np.subtract.outer(column, places) ** 2
    return total


def validate(x, centres, labels=None, steps=0):
    problems = []
    if x.ndim != 2:
        problems.append("x")
    if centres.ndim != 2 or centres.shape[0] == 0:
        problems.append("centres")
    if not problems and x.shape[1] != centres.shape[1]:
        problems.append("dimensions")
    if not problems and labels is not None:
        if labels.shape != (x.shape[0],) or np.any(labels < 0) or np.any(labels > centres.shape[0] - 1):
            problems.append("labels")
    if steps < 0:
        problems.append("steps")
    if problems:
        raise ValueError(", ".join(problems))


def assign(x, centres):
    validate(x, centres)
    return distances(x, centres).argmin(-1)


def update(x, labels, centres):
    validate(x, centres, labels)
    K = len(centres)
    count = np.bincount(labels, minlength=K)
    sums = np.stack([np.bincount(labels, weights=column, minlength=K) for column in x.T], 1)
    means = sums / np.maximum(count, 1)[:, None]
    return np.where(count[:, None] > 0, means, centres).astype(x.dtype)


def fit(x, centres, steps):
    validate(x, centres, steps=steps)
    centres = np.array(centres, copy=True)
    labels = assign(x, centres)
    for _ in range(steps):
        centres[...] = update(x, labels, centres)
        labels = assign(x, centres)
    return centres, labels
