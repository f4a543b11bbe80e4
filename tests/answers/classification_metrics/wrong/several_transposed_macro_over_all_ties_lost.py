"""The matrix has the predictions in its rows, macro averages over classes that do not occur too,
and tied pairs count nothing.

Verdict: wrong_answer
Lines: 23, 44, 56
Mistakes: 3
"""

import numpy as np


def _check(targets, predictions, num_classes):
    if len(targets) != len(predictions):
        raise ValueError("lengths differ")
    for labels in (targets, predictions):
        if labels.min() < 0 or labels.max() >= num_classes:
            raise ValueError("label out of range")


def confusion_matrix(targets, predictions, num_classes):
    _check(targets, predictions, num_classes)
    matrix = np.zeros((num_classes, num_classes), dtype=np.int64)
    np.add.at(matrix, (predictions, targets), 1)
    return matrix


def _divide(a, b):
    return np.where(b > 0, a / np.maximum(b, 1), 0.0)


def precision_recall_f1(targets, predictions, num_classes, average=None):
    _check(targets, predictions, num_classes)
    if average not in (None, "macro", "micro"):
        raise ValueError("unknown average")
    of_class = np.arange(num_classes)[:, None]
    is_class, called = targets == of_class, predictions == of_class
    tp = (is_class & called).sum(axis=1)
    fp = (~is_class & called).sum(axis=1)
    fn = (is_class & ~called).sum(axis=1)
    if average == "micro":
        tp, fp, fn = tp.sum(), fp.sum(), fn.sum()
    result = _divide(tp, tp + fp), _divide(tp, tp + fn), _divide(2 * tp, 2 * tp + fp + fn)
    if average == "macro":
        return tuple(values.mean() for values in result)
    return result


def roc_auc(targets, scores):
    if len(targets) != len(scores):
        raise ValueError("lengths differ")
    if not np.isin(targets, (0, 1)).all():
        raise ValueError("targets must be 0 or 1")
    positive, negative = scores[targets == 1], scores[targets == 0]
    if positive.size == 0 or negative.size == 0:
        return float("nan")
    wins = (positive[:, None] > negative).mean()
    return float(wins)
