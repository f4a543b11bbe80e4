"""A mask for each class; the area by Python's own bisection in a sorted list."""

from bisect import bisect_left, bisect_right

import numpy as np


def check(targets, predictions, num_classes):
    if len(targets) != len(predictions):
        raise ValueError("not as many predictions as targets")
    known = range(num_classes)
    if not all(int(label) in known for labels in (targets, predictions) for label in labels):
        raise ValueError("unknown class")


def confusion_matrix(targets, predictions, num_classes):
    check(targets, predictions, num_classes)
    rows = [np.bincount(predictions[targets == c].astype(np.intp), minlength=num_classes) for c in range(num_classes)]
    return np.vstack(rows).astype(np.int64)


def precision_recall_f1(targets, predictions, num_classes, average=None):
    check(targets, predictions, num_classes)
    is_it = [targets == c for c in range(num_classes)]
    called = [predictions == c for c in range(num_classes)]
    counts = np.array([((a & b).sum(), (~a & b).sum(), (a & ~b).sum()) for a, b in zip(is_it, called, strict=True)])
    if average == "micro":
        counts = counts.sum(axis=0, keepdims=True)
    elif average == "macro":
        counts = counts[counts.any(axis=1)]
    elif average is not None:
        raise ValueError(f"no such average: {average}")
    tp, fp, fn = counts.T
    values = [np.divide(top, low, out=np.zeros(len(tp)), where=low > 0) for top, low in ((tp, tp + fp), (tp, tp + fn))]
    values.append(np.divide(2 * tp, 2 * tp + fp + fn, out=np.zeros(len(tp)), where=tp + fp + fn > 0))
    return tuple(values) if average is None else tuple(float(value.mean()) for value in values)


def roc_auc(targets, scores):
    if len(targets) != len(scores) or any(int(target) not in (0, 1) for target in targets):
        raise ValueError("targets are 0 or 1, one for each score")
    low = sorted(scores[targets == 0].tolist())
    high = scores[targets == 1].tolist()
    if not low or not high:
        return float("nan")
    return sum(bisect_left(low, s) + bisect_right(low, s) for s in high) / (2 * len(low) * len(high))
