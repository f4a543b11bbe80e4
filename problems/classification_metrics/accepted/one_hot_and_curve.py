"""Products of one-hot matrices; the area under the curve itself, by trapezoids between distinct thresholds."""

import numpy as np


def one_hot(labels, num_classes):
    hits = labels[:, None] == np.arange(num_classes)
    if not hits.any(axis=1).all():
        raise ValueError("labels must be classes")
    return hits.astype(np.int64)


def confusion_matrix(targets, predictions, num_classes):
    if targets.size != predictions.size:
        raise ValueError("one prediction for each target")
    return one_hot(targets, num_classes).T @ one_hot(predictions, num_classes)


def precision_recall_f1(targets, predictions, num_classes, average=None):
    if average not in (None, "micro", "macro"):
        raise ValueError("average must be None, 'micro' or 'macro'")
    m = confusion_matrix(targets, predictions, num_classes)
    sums = np.stack([m.trace()[None] if average == "micro" else m.diagonal()] * 3).astype(float)
    called, actual = (np.array([m.sum()]),) * 2 if average == "micro" else (m.sum(0), m.sum(1))
    bottom = np.stack([called, actual, (called + actual) / 2]).astype(float)
    table = np.divide(sums, bottom, out=np.zeros_like(sums), where=bottom > 0)
    if average is None:
        return tuple(table)
    used = bottom[2] > 0
    return tuple(table[:, used].mean(axis=1))


def roc_auc(targets, scores):
    if np.shape(targets) != np.shape(scores):
        raise ValueError("shapes")
    if ((targets != 0) & (targets != 1)).any():
        raise ValueError("targets")
    order = np.argsort(-scores, kind="stable")
    s, t = scores[order], np.asarray(targets, dtype=np.int64)[order]
    ends = np.append(np.nonzero(np.diff(s))[0], len(s) - 1)
    tps = np.concatenate([[0], np.cumsum(t)[ends]])
    fps = np.concatenate([[0], np.cumsum(1 - t)[ends]])
    if tps[-1] == 0 or fps[-1] == 0:
        return np.array(np.nan)
    area = ((fps[1:] - fps[:-1]) * (tps[1:] + tps[:-1]) / 2).sum()
    return area / (tps[-1] * fps[-1])
