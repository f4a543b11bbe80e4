"""Plain Python loops and dictionaries; the area as a double loop over pairs."""

import numpy as np


def confusion_matrix(targets, predictions, num_classes):
    if targets.shape != predictions.shape:
        raise ValueError("shapes differ")
    out = np.zeros((num_classes, num_classes), dtype="int64")
    for t, p in zip(targets, predictions, strict=True):
        if t < 0 or p < 0 or t >= num_classes or p >= num_classes:
            raise ValueError(f"label out of range: {t}, {p}")
        out[t, p] += 1
    return out


def divide(a, b):
    return float(a) / float(b) if b else 0.0


def scores_of(tp, fp, fn):
    return divide(tp, tp + fp), divide(tp, tp + fn), divide(2 * tp, 2 * tp + fp + fn)


def precision_recall_f1(targets, predictions, num_classes, average=None):
    if average not in {None, "macro", "micro"}:
        raise ValueError("average")
    m = confusion_matrix(targets, predictions, num_classes)
    counts = []
    for c in range(num_classes):
        tp = int(m[c, c])
        counts.append((tp, int(m[:, c].sum()) - tp, int(m[c].sum()) - tp))
    if average == "micro":
        return scores_of(sum(c[0] for c in counts), sum(c[1] for c in counts), sum(c[2] for c in counts))
    if average == "macro":
        rows = [scores_of(*c) for c in counts if any(c)]
        return tuple(sum(column) / len(rows) for column in zip(*rows, strict=True))
    rows = [scores_of(*c) for c in counts]
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def roc_auc(targets, scores):
    if len(targets) != len(scores) or any(t not in (0, 1) for t in targets):
        raise ValueError("targets must be 0 or 1, one for each score")
    positives = [s for t, s in zip(targets, scores, strict=True) if t == 1]
    negatives = [s for t, s in zip(targets, scores, strict=True) if t == 0]
    if not positives or not negatives:
        return float("nan")
    total = 0.0
    for a in positives:
        negatives_below = sum(1 for b in negatives if b < a)
        total += negatives_below + 0.5 * sum(1 for b in negatives if b == a)
    return total / len(positives) / len(negatives)
