"""|x|^2 - 2 x.c + |c|^2 by a matrix product, np.add.at for the sums, and a NamedTuple for the result."""

from typing import NamedTuple

import numpy as np


class Clusters(NamedTuple):
    centres: np.ndarray
    labels: np.ndarray


def ensure(condition, message):
    if not condition:
        raise ValueError(message)


def check(x, centres):
    ensure(np.ndim(x) == 2, "x")
    ensure(np.ndim(centres) == 2, "centres")
    ensure(x.shape[-1] == centres.shape[-1], "D")
    ensure(centres.shape[0] > 0, "K")


def assign(x, centres):
    check(x, centres)
    norms = np.einsum("kd,kd->k", centres, centres)
    own = np.einsum("nd,nd->n", x, x)
    return (own[:, None] - 2 * x @ centres.T + norms).argmin(axis=1)


def update(x, labels, centres):
    check(x, centres)
    ensure(labels.shape == (x.shape[0],), "labels")
    ensure(((labels >= 0) & (labels < centres.shape[0])).all(), "label out of range")
    sums = np.zeros_like(centres)
    np.add.at(sums, labels, x)
    counts = np.bincount(labels, minlength=len(centres))
    occupied = counts > 0
    sums[occupied] /= counts[occupied, None].astype(x.dtype)
    sums[~occupied] = centres[~occupied]
    return sums


def fit(x, centres, steps):
    check(x, centres)
    ensure(steps >= 0, "steps")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return Clusters(centres, assign(x, centres))
