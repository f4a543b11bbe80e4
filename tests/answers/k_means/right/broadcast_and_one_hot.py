"""All differences at once; the means are a product with the matrix of who belongs where."""

from numpy import arange, argmin, errstate, int64, where


class Mismatch(ValueError):
    pass


def _valid(x, centres):
    if not (x.ndim == centres.ndim == 2 and x.shape[1] == centres.shape[1] and len(centres)):
        raise Mismatch(f"{x.shape} and {centres.shape}")


def assign(x, centres):
    _valid(x, centres)
    return argmin(((x[:, None] - centres[None]) ** 2).sum(2), 1).astype(int64)


def update(x, labels, centres):
    _valid(x, centres)
    if labels.shape != x.shape[:1] or labels.min() < 0 or labels.max() >= len(centres):
        raise Mismatch("labels")
    member = (labels == arange(len(centres))[:, None]).astype(x.dtype)
    count = member.sum(1, keepdims=True)
    with errstate(all="ignore"):
        return where(count > 0, member @ x / count, centres)


def fit(x, centres, steps):
    _valid(x, centres)
    if steps < 0:
        raise Mismatch("steps")
    labels = assign(x, centres)
    while steps:
        centres = update(x, labels, centres)
        labels, before = assign(x, centres), labels
        if (labels == before).all():
            break
        steps -= 1
    return centres, labels
