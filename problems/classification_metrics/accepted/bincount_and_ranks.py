"""One bincount for the matrix; the area from the ranks of the positives, in which ties share their mean."""

import numpy as np


def confusion_matrix(targets, predictions, num_classes):
    if len(targets) != len(predictions):
        raise ValueError("targets and predictions differ in length")
    for labels in (targets, predictions):
        if np.any(labels < 0) or np.any(labels >= num_classes):
            raise ValueError("a label is out of range")
    flat = targets.astype(np.int64) * num_classes + predictions.astype(np.int64)
    return np.bincount(flat, minlength=num_classes * num_classes).astype(np.int64).reshape(num_classes, num_classes)


def precision_recall_f1(targets, predictions, num_classes, average=None):
    if average is not None and average != "macro" and average != "micro":
        raise ValueError(f"unknown average {average!r}")
    matrix = confusion_matrix(targets, predictions, num_classes).astype(np.float64)
    tp = np.diag(matrix)
    fp, fn = matrix.sum(0) - tp, matrix.sum(1) - tp
    present = tp + fp + fn > 0
    if average == "micro":
        tp, fp, fn = (each.sum(keepdims=True) for each in (tp, fp, fn))
    with np.errstate(invalid="ignore", divide="ignore"):
        values = [np.nan_to_num(a / b) for a, b in ((tp, tp + fp), (tp, tp + fn), (2 * tp, 2 * tp + fp + fn))]
    if average is None:
        return tuple(values)
    return tuple(v[0] if average == "micro" else np.mean(v[present]) for v in values)


def roc_auc(targets, scores):
    if len(targets) != len(scores):
        raise ValueError("targets and scores differ in length")
    if set(np.unique(targets)) - {0, 1}:
        raise ValueError("targets are not all 0 or 1")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = ((last - counts + 1 + last) / 2)[place]
    p = int(np.sum(targets == 1))
    n = len(targets) - p
    if p == 0 or n == 0:
        return np.nan
    return float((ranks[targets == 1].sum() - p * (p + 1) / 2) / (p * n))
