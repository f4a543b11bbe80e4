"""As one writes it in a notebook.

Lines: 47
"""

import numpy as np


def check(targets, predictions, num_classes):
    if len(targets) != len(predictions):
        raise ValueError("lengths differ")
    for labels in (targets, predictions):
        if labels.min() < 0 or labels.max() >= num_classes:
            raise ValueError("label out of range")


def confusion_matrix(targets, predictions, num_classes):
    check(targets, predictions, num_classes)
    matrix = np.zeros((num_classes, num_classes), dtype=np.int64)
    np.add.at(matrix, (targets, predictions), 1)
    return matrix


def ratio(a, b):
    return np.where(b > 0, a / np.maximum(b, 1), 0.0)


def precision_recall_f1(targets, predictions, num_classes, average=None):
    if average not in (None, "macro", "micro"):
        raise ValueError("average")
    m = confusion_matrix(targets, predictions, num_classes)
    tp, called, actual = np.diag(m), m.sum(0), m.sum(1)
    if average == "micro":
        tp, called, actual = tp.sum(), called.sum(), actual.sum()
    found = ratio(tp, called), ratio(tp, actual), ratio(2 * tp, called + actual)
    if average == "macro":
        found = tuple(each[called + actual > 0].mean() for each in found)
    return found


def roc_auc(targets, scores):
    if len(targets) != len(scores) or not np.isin(targets, [0, 1]).all():
        raise ValueError("targets")
    pos, neg = scores[targets == 1], scores[targets == 0]
    if len(pos) == 0 or len(neg) == 0:
        return float("nan")
    return (pos[:, None] > neg).mean()
