"""A Counter of pairs; the area from the other side, negatives looked up among sorted positives."""

from collections import Counter

import numpy as np


def confusion_matrix(targets, predictions, num_classes):
    pairs = Counter(zip(targets.tolist(), predictions.tolist(), strict=True))
    result = np.zeros([num_classes] * 2, np.int64)
    for (i, j), count in pairs.items():
        if min(i, j) < 0 or max(i, j) >= num_classes:
            raise ValueError(f"no classes: {i}, {j}")
        result[i, j] = count
    return result


def precision_recall_f1(targets, predictions, num_classes, average=None):
    if average not in (None, "macro", "micro"):
        raise ValueError("average is None, macro or micro")
    m = confusion_matrix(targets, predictions, num_classes)
    hits = m.diagonal().astype(float)
    rows, columns = m.sum(axis=1).astype(float), m.sum(axis=0).astype(float)
    used = rows + columns != 0
    if average == "micro":
        hits, rows, columns = (np.atleast_1d(each.sum()) for each in (hits, rows, columns))
        used = np.array([True])
    tiny = np.finfo(float).tiny
    values = hits / np.maximum(columns, tiny), hits / np.maximum(rows, tiny), 2 * hits / np.maximum(rows + columns, tiny)
    if average is None:
        return values
    return tuple(value[used].sum() / used.sum() for value in values)


def roc_auc(targets, scores):
    if targets.shape[0] != scores.shape[0]:
        raise ValueError("shapes")
    if np.setdiff1d(targets, [0, 1]).size:
        raise ValueError("targets")
    high = np.sort(scores[np.equal(targets, 1)])
    low = scores[np.equal(targets, 0)]
    if not high.size * low.size:
        return np.float64("nan")
    above = high.size - np.searchsorted(high, low, "right")
    tied = np.searchsorted(high, low, "right") - np.searchsorted(high, low, "left")
    return float(np.sum(above + 0.5 * tied) / high.size / low.size)
