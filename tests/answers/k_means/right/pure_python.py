import numpy as np
def _check(x, centres):
    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1] or not len(centres): raise ValueError("shapes")
def _nearest(points, places):
    labels = []
    for p in points:
        best, at = None, 0
        for k, c in enumerate(places):
            d = 0.0
            for a, b in zip(p, c):
                d += (a - b) * (a - b)
            if best is None or d < best: best, at = d, k
        labels.append(at)
    return labels
def assign(x, centres):
    _check(x, centres)
    return np.array(_nearest(x.tolist(), centres.tolist()), np.int64)
def update(x, labels, centres):
    _check(x, centres)
    if labels.shape != (len(x),) or any(not 0 <= l < len(centres) for l in labels.tolist()): raise ValueError("labels")
    K, D = centres.shape
    sums, counts = [[0.0] * D for _ in range(K)], [0] * K
    for p, l in zip(x.tolist(), labels.tolist()):
        counts[l] += 1
        for d in range(D): sums[l][d] += p[d]
    return np.array([[s / n for s in row] if n else c for row, n, c in zip(sums, counts, centres.tolist())], x.dtype)
def fit(x, centres, steps):
    _check(x, centres)
    if steps < 0: raise ValueError("steps")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
