import numpy as np


def _check(x, centres):
    if x.ndim != 2 or centres.ndim != 2:
        raise ValueError("x and centres have two dimensions")
    if x.shape[1] != centres.shape[1]:
        raise ValueError("points and centres of different dimensions")
    if centres.shape[0] == 0:
        raise ValueError("no centre")


def assign(x, centres):
    _check(x, centres)
    labels = np.zeros(len(x), np.int64)
    for n, point in enumerate(x):
        best = None
        for k, centre in enumerate(centres):
            distance = ((point - centre) ** 2).sum()
            if best is None or distance < best:
                best, labels[n] = distance, k
    return labels


def update(x, labels, centres):
    _check(x, centres)
    if labels.shape != (len(x),):
        raise ValueError("labels")
    for label in labels:
        if not 0 <= label < len(centres):
            raise ValueError(f"label {label}")
    new = centres.copy()
    for k in range(len(centres)):
        members = [point for point, label in zip(x, labels) if label == k]
        if members:
            new[k] = sum(members) / len(members)
    return new


def fit(x, centres, steps):
    _check(x, centres)
    if steps < 0:
        raise ValueError("steps")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
