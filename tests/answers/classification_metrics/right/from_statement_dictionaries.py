"""Plain Python: dictionaries of counts, fractions until the end, a walk over groups of equal scores.

Verdict: accepted
"""

from fractions import Fraction
from itertools import groupby

import numpy as np


def confusion_matrix(targets, predictions, num_classes):
    rows = [[0] * num_classes for _ in range(num_classes)]
    for t, p in zip(targets, predictions, strict=True):
        if t < 0 or p < 0 or t >= num_classes or p >= num_classes:
            raise ValueError(f"{t} and {p} are not both classes.")
        rows[t][p] += 1
    return np.array(rows, dtype="int64")


def share(part, whole):
    return Fraction(int(part), int(whole)) if whole else Fraction(0)


def three(tp, fp, fn):
    return share(tp, tp + fp), share(tp, tp + fn), share(2 * tp, 2 * tp + fp + fn)


def precision_recall_f1(targets, predictions, num_classes, average=None):
    table = confusion_matrix(targets, predictions, num_classes).tolist()
    counts = {}
    for c in range(num_classes):
        column = sum(row[c] for row in table)
        counts[c] = (table[c][c], column - table[c][c], sum(table[c]) - table[c][c])
    if average is None:
        return tuple(np.array(list(map(float, each))) for each in zip(*(three(*count) for count in counts.values())))
    if average == "micro":
        return tuple(map(float, three(*map(sum, zip(*counts.values())))))
    if average == "macro":
        there = [three(*count) for count in counts.values() if any(count)]
        return tuple(float(sum(each) / len(there)) for each in zip(*there))
    raise ValueError("average")


def roc_auc(targets, scores):
    pairs = sorted(zip(scores.tolist(), targets.tolist(), strict=True))
    if not {label for _, label in pairs} <= {0, 1}:
        raise ValueError("targets")
    below = won = above = 0
    for _, group in groupby(pairs, key=lambda pair: pair[0]):
        labels = [label for _, label in group]
        ones = sum(labels)
        won += 2 * ones * below + ones * (len(labels) - ones)
        below += len(labels) - ones
        above += ones
    return won / (2 * below * above) if below and above else float("nan")
