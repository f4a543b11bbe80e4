"""Points sorted by label and added up run by run; a stop where the centres rest."""

from typing import NamedTuple

import numpy as np


class Clusters(NamedTuple):
    centres: np.ndarray
    labels: np.ndarray


def fits(x: np.ndarray, centres: np.ndarray) -> int:
    match x.shape, centres.shape:
        case (_, d), (k, e) if d == e and k > 0:
            return k
    raise ValueError(f"points {x.shape}, centres {centres.shape}")


def assign(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    fits(x, centres)
    least = np.full(len(x), np.inf, dtype=x.dtype)
    labels = np.zeros(len(x), dtype=np.int64)
    for k, centre in enumerate(centres):
        squares = np.square(x - centre).sum(1)
        closer = squares < least
        labels[closer] = k
        least[closer] = squares[closer]
    return labels


def update(x: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    k = fits(x, centres)
    if labels.shape != (len(x),):
        raise ValueError(f"labels {labels.shape}")
    if not np.isin(labels, np.arange(k)).all():
        raise ValueError("a label is no cluster")
    order = np.argsort(labels, kind="stable")
    there, first, count = np.unique(labels[order], return_index=True, return_counts=True)
    moved = centres.copy()
    moved[there] = np.add.reduceat(x[order], first, axis=0) / count[:, None].astype(x.dtype)
    return moved


def fit(x: np.ndarray, centres: np.ndarray, steps: int) -> Clusters:
    if steps < 0:
        raise ValueError("steps must not be negative")
    fits(x, centres)
    for _ in range(steps):
        moved = update(x, assign(x, centres), centres)
        if np.array_equal(moved, centres):
            break
        centres = moved
    return Clusters(centres, assign(x, centres))
