"""A NamedTuple comes back; counts by a set of masks; the area by sorting once and walking through groups of equal scores."""

from itertools import groupby
from typing import NamedTuple

import numpy as np


class Scores(NamedTuple):
    precision: object
    recall: object
    f1: object


def confusion_matrix(targets, predictions, num_classes):
    if targets.shape != predictions.shape:
        raise ValueError("different lengths")
    if not ((0 <= targets) & (targets < num_classes) & (0 <= predictions) & (predictions < num_classes)).all():
        raise ValueError("labels out of range")
    rows = [[((targets == i) & (predictions == j)).sum() for j in range(num_classes)] for i in range(num_classes)]
    return np.array(rows, dtype=np.int64)


def precision_recall_f1(targets, predictions, num_classes, average=None):
    m = confusion_matrix(targets, predictions, num_classes)
    match average:
        case None:
            return Scores(*(np.array(column, dtype=float) for column in zip(*[of_class(m, c) for c in range(num_classes)])))
        case "macro":
            seen = np.union1d(targets, predictions)
            return Scores(*np.mean([of_class(m, c) for c in seen], axis=0))
        case "micro":
            accuracy = m.trace() / m.sum()
            return Scores(accuracy, accuracy, accuracy)
    raise ValueError(average)


def of_class(m, c):
    precision = m[c, c] / m[:, c].sum() if m[:, c].any() else 0.0
    recall = m[c, c] / m[c].sum() if m[c].any() else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
    return precision, recall, f1


def roc_auc(targets, scores):
    if len(scores) != len(targets):
        raise ValueError("different lengths")
    if not all(target in (0, 1) for target in targets.tolist()):
        raise ValueError("targets")
    pairs = sorted(zip(scores.tolist(), targets.tolist()))
    below, area, positives = 0, 0.0, 0
    for _, group in groupby(pairs, key=lambda pair: pair[0]):
        sides = [side for _, side in group]
        ups, downs = sum(sides), len(sides) - sum(sides)
        area += ups * (below + downs / 2)
        below += downs
        positives += ups
    return area / (positives * below) if positives and below else float("nan")
