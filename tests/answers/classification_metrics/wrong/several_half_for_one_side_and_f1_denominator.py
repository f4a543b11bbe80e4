"""The denominator of F1 counts TP only once, and the area is 0.5 where there is no positive or no negative.

Verdict: wrong_answer
Lines: 27, 55
Mistakes: 2
"""

import numpy as np


def confusion_matrix(targets, predictions, num_classes):
    if targets.shape != predictions.shape:
        raise ValueError("targets and predictions differ in length")
    matrix = np.zeros((num_classes, num_classes), np.int64)
    for t, p in zip(targets.tolist(), predictions.tolist()):
        if t < 0 or p < 0 or t >= num_classes or p >= num_classes:
            raise ValueError(f"labels must lie between 0 and {num_classes - 1}")
        matrix[t, p] += 1
    return matrix


def ratio(a, b):
    return float(a) / float(b) if b != 0 else 0.0


def scores_from_counts(tp, fp, fn):
    return ratio(tp, tp + fp), ratio(tp, tp + fn), ratio(2 * tp, tp + fp + fn)


def precision_recall_f1(targets, predictions, num_classes, average=None):
    if average is not None and average not in ("macro", "micro"):
        raise ValueError(f"average {average!r} is not known")
    m = confusion_matrix(targets, predictions, num_classes)
    counts = []
    for c in range(num_classes):
        tp = m[c, c]
        counts.append((tp, m[:, c].sum() - tp, m[c].sum() - tp))
    if average == "micro":
        return scores_from_counts(*(sum(column) for column in zip(*counts)))
    rows = [scores_from_counts(*three) for three in counts]
    if average == "macro":
        rows = [row for row, three in zip(rows, counts) if sum(three) > 0]
        return tuple(sum(column) / len(rows) for column in zip(*rows))
    return tuple(np.array(column) for column in zip(*rows))


def roc_auc(targets, scores):
    if targets.shape != scores.shape:
        raise ValueError("targets and scores differ in length")
    if set(targets.tolist()) - {0, 1}:
        raise ValueError("targets must be 0 or 1")
    positives = int((targets == 1).sum())
    negatives = len(targets) - positives
    if positives == 0 or negatives == 0:
        return 0.5
    total = 0.0
    below = tied = 0
    previous = None
    for i in np.argsort(scores, kind="stable"):
        if previous is None or scores[i] != previous:
            same = np.flatnonzero(scores == scores[i])
            tied = int((targets[same] == 0).sum())
            previous = scores[i]
            total += int((targets[same] == 1).sum()) * (below + 0.5 * tied)
            below += tied
    return total / (positives * negatives)
