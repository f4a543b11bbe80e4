"""All of it by loops over Python numbers: an answer by other means, with which the reference is compared."""

import math
from fractions import Fraction

import numpy as np


def confusion_matrix(targets, predictions, num_classes):
    """One item after the other."""
    if len(targets) != len(predictions):
        raise ValueError("lengths")
    rows = [[0] * num_classes for _ in range(num_classes)]
    for target, prediction in zip(targets.tolist(), predictions.tolist(), strict=True):
        if not (0 <= target < num_classes and 0 <= prediction < num_classes):
            raise ValueError("labels")
        rows[target][prediction] += 1
    return np.array(rows, dtype=np.int64)


def share(part, whole):
    """As a fraction; 0 of nothing."""
    return Fraction(part, whole) if whole else Fraction(0)


def precision_recall_f1(targets, predictions, num_classes, average=None):
    """From the counts of each class."""
    if average not in (None, "macro", "micro"):
        raise ValueError("average")
    rows = confusion_matrix(targets, predictions, num_classes).tolist()
    counts = [(rows[c][c], sum(row[c] for row in rows), sum(rows[c])) for c in range(num_classes)]
    if average == "micro":
        counts = [tuple(map(sum, zip(*counts, strict=True)))]
    if average == "macro":
        counts = [each for each in counts if each[1] + each[2]]
    table = [
        (share(hit, called), share(hit, actual), share(2 * hit, called + actual)) for hit, called, actual in counts
    ]
    columns = list(zip(*table, strict=True))
    if average is None:
        return tuple(np.array([float(value) for value in column]) for column in columns)
    return tuple(float(sum(column) / len(column)) for column in columns)


def roc_auc(targets, scores):
    """Pair by pair."""
    if len(targets) != len(scores) or not set(targets.tolist()) <= {0, 1}:
        raise ValueError("targets")
    pairs = list(zip(targets.tolist(), scores.tolist(), strict=True))
    high, low = ([score for target, score in pairs if target == side] for side in (1, 0))
    if not high or not low:
        return math.nan
    halves = sum((a > b) + (a >= b) for a in high for b in low)
    return float(Fraction(halves, 2 * len(high) * len(low)))
