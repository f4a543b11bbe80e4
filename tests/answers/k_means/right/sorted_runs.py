"""Points are sorted by label, and np.add.reduceat adds up the runs. Distances are true ones, with the root."""

import numpy as np


def checked(f):
    def g(x, *rest):
        centres = rest[-1] if f.__name__ == "update" else rest[0]
        if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1] or not centres.size:
            raise ValueError("shapes")
        return f(x, *rest)

    g.__name__ = f.__name__
    return g


def assign_(x, centres):
    best = np.full(len(x), np.inf)
    labels = np.zeros(len(x), dtype=np.int64)
    for k in range(len(centres)):
        d = np.linalg.norm(x - centres[k], axis=1)
        nearer = d < best
        best[nearer] = d[nearer]
        labels[nearer] = k
    return labels


def update_(x, labels, centres):
    order = np.argsort(labels, kind="stable")
    found, starts, counts = np.unique(labels[order], return_index=True, return_counts=True)
    new = np.array(centres)
    new[found] = np.add.reduceat(x[order], starts, axis=0) / counts[:, None]
    return new.astype(x.dtype)


def assign(x, centres):
    return checked(assign_)(x, centres)


def update(x, labels, centres):
    if np.ndim(x) != 2 or labels.shape != (x.shape[0],):
        raise ValueError("labels")
    if np.ndim(centres) != 2 or x.shape[1] != centres.shape[1] or len(centres) < 1:
        raise ValueError("centres")
    if labels.min() < 0 or labels.max() > len(centres) - 1:
        raise ValueError("labels")
    return update_(x, labels, centres)


def fit(x, centres, steps):
    if steps < 0:
        raise ValueError("steps")

    @checked
    def run(x, centres):
        old = None
        for _ in range(steps):
            old, centres = centres, update_(x, assign_(x, centres), centres)
            if np.array_equal(old, centres):
                break
        return centres, assign_(x, centres)

    return run(x, centres)
