"""Loops over points; each mean is moved by one point after the other."""

import numpy as np


def assign(x, centres):
    if len(x.shape) != 2 or len(centres.shape) != 2 or x.shape[1] != centres.shape[1] or len(centres) == 0:
        raise ValueError(f"{x.shape} and {centres.shape} do not fit")
    labels = np.zeros(len(x), dtype=np.int64)
    for n, point in enumerate(x):
        best, least = 0, np.linalg.norm(point - centres[0])
        for k in range(1, len(centres)):
            distance = np.linalg.norm(point - centres[k])
            if distance < least:
                best, least = k, distance
        labels[n] = best
    return labels


def update(x, labels, centres):
    assign(x[:1], centres)  # the shapes fit
    if labels.ndim != 1 or len(labels) != len(x):
        raise ValueError("one label a point")
    moved = np.array(centres)
    seen = [0] * len(centres)
    for point, label in zip(x, labels.tolist(), strict=True):
        if not 0 <= label < len(centres):
            raise ValueError(f"label {label}")
        seen[label] += 1
        moved[label] = point if seen[label] == 1 else moved[label] + (point - moved[label]) / seen[label]
    return moved


def fit(x, centres, steps):
    if steps < 0:
        raise ValueError("steps < 0")
    labels = assign(x, centres)
    while steps:
        centres = update(x, labels, centres)
        before, labels = labels, assign(x, centres)
        if (before == labels).all():
            break
        steps -= 1
    return centres, labels
