"""The macro average counts classes that were called and real, not those that were either.

Verdict: wrong_answer
Lines: 42
"""

from typing import NamedTuple

import numpy as np


class Scores(NamedTuple):
    precision: object
    recall: object
    f1: object


def confusion_matrix(targets, predictions, num_classes):
    if len(targets) != len(predictions):
        raise ValueError("lengths")
    if any(not 0 <= label < num_classes for label in [*targets.tolist(), *predictions.tolist()]):
        raise ValueError("labels")
    transposed = np.zeros((num_classes, num_classes), np.int64)
    np.add.at(transposed, (predictions, targets), 1)
    return transposed.T


def ratio(a, b):
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.true_divide(a, b), nan=0.0)


def precision_recall_f1(targets, predictions, num_classes, average=None):
    if average not in (None, "macro", "micro"):
        raise ValueError(average)
    matrix = confusion_matrix(targets, predictions, num_classes)
    tp, called, real = matrix.diagonal(), matrix.sum(0), matrix.sum(1)
    if average == "micro":
        tp, called, real = (np.asarray(each.sum()) for each in (tp, called, real))
    found = Scores(ratio(tp, called), ratio(tp, real), ratio(2 * tp, called + real))
    if average == "macro":
        occurs = ((called > 0) & (real > 0)) if ((called > 0) & (real > 0)).any() else (called + real) > 0
        return Scores(*(np.asarray(np.average(each, weights=occurs)) for each in found))
    return found


def roc_auc(targets, scores):
    if targets.shape != scores.shape or np.setdiff1d(targets, [0, 1]).size:
        raise ValueError
    up, down = scores[targets == 1], scores[targets == 0]
    won = np.greater.outer(up, down).sum() + np.equal.outer(up, down).sum() / 2
    return np.asarray(ratio(won, up.size * down.size) if up.size * down.size else np.nan)
