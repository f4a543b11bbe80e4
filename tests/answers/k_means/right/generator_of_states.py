"""Lloyd's algorithm as an endless generator, of which fit takes the state after so many steps."""

import itertools

import numpy as np


def lloyd(x, centres):
    while True:
        labels = assign(x, centres)
        yield centres, labels
        centres = update(x, labels, centres)


def assign(x, centres):
    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1]:
        raise ValueError("shapes")
    if not len(centres):
        raise ValueError("no centres")
    # a pair of distance and number: min takes the smaller number in a tie
    columns = [np.square(x - c).sum(axis=1) for c in centres]
    return np.fromiter((min(zip(row, itertools.count()))[1] for row in zip(*columns)), np.int64, len(x))


def update(x, labels, centres):
    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1] or centres.shape[0] < 1:
        raise ValueError("shapes")
    if labels.ndim != 1 or labels.size != len(x):
        raise ValueError("labels")
    K = centres.shape[0]
    if not set(labels.tolist()) <= set(range(K)):
        raise ValueError("labels")
    return np.array([x[labels == k].mean(0) if k in labels else centres[k] for k in range(K)])


def fit(x, centres, steps):
    if steps < 0:
        raise ValueError("steps")
    return next(itertools.islice(lloyd(x, centres), steps, None))
