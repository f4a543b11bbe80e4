"""Confusion matrix, precision, recall and F1 by class and averaged, and the area under the ROC curve, by counting.

    precision_c = TP_c / (TP_c + FP_c)          of what was called c, what was
    recall_c    = TP_c / (TP_c + FN_c)          of what is c, what was found
    F1_c        = 2 TP_c / (2 TP_c + FP_c + FN_c)
    AUC         = P(s+ > s-) + P(s+ = s-) / 2   over pairs of a positive and a negative

Van Rijsbergen, "Information Retrieval", 1979, chapter 7, for the first three; Hanley and McNeil, "The Meaning and Use of
the Area under a Receiver Operating Characteristic (ROC) Curve", 1982: the area is the Mann-Whitney statistic.

Decisions:
- A quotient whose denominator is 0 is 0. Macro averages leave out classes that occur neither among the targets nor
  among the predictions: nothing was asked about them, and a 0 for them would count as a failure.
- Macro F1 is the mean of the classes' F1, not the F1 of the mean precision and the mean recall.
- With one class present there are no pairs, and the area is NaN: 0.5 would be a claim.
- Among sorted negatives, those below a positive and those up to it are found by bisection: their sum counts a win
  twice and a tie once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def confusion_matrix(targets: Array, predictions: Array, num_classes: int) -> Array:
    """How many items [N] of each class (row) were predicted as each class (column): int64 [V, V].

    Raises:
        ValueError: the lengths differ, or a label is not in 0..num_classes - 1.
    """
    if targets.shape != predictions.shape:
        raise ValueError(f"{targets.shape} targets and {predictions.shape} predictions")
    labels = np.concatenate([targets, predictions])
    if labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError(f"labels must be from 0 to {num_classes - 1}")
    counts_VV = np.zeros((num_classes, num_classes), dtype=np.int64)
    np.add.at(counts_VV, (targets, predictions), 1)
    return counts_VV


def precision_recall_f1(
    targets: Array, predictions: Array, num_classes: int, average: str | None = None
) -> tuple[Any, ...]:
    """Precision, recall and F1: float64 [V] each, or one number each where `average` is "macro" or "micro".

    Raises:
        ValueError: another average, or as for the confusion matrix.
    """
    if average not in (None, "macro", "micro"):
        raise ValueError(f"average must be None, 'macro' or 'micro', not {average!r}")
    counts_VV = confusion_matrix(targets, predictions, num_classes)
    hits = counts_VV.diagonal()
    called = counts_VV.sum(axis=0)
    actual = counts_VV.sum(axis=1)
    occurs = called + actual > 0
    if average == "micro":
        hits, called, actual = hits.sum(), called.sum(), actual.sum()
    scores = quotient(hits, called), quotient(hits, actual), quotient(2 * hits, called + actual)
    if average == "macro":
        return tuple(score[occurs].mean() for score in scores)
    return scores


def quotient(parts: Any, wholes: Any) -> Any:
    """parts / wholes, and 0 where a whole is 0."""
    return parts / np.maximum(wholes, 1)


def roc_auc(targets: Array, scores: Array) -> Any:
    """Area under the ROC curve of scores [N] for targets [N] of 0 and 1; NaN where one of the two is missing.

    Raises:
        ValueError: the lengths differ, or a target is neither 0 nor 1.
    """
    if targets.shape != scores.shape:
        raise ValueError(f"{targets.shape} targets and {scores.shape} scores")
    if not np.isin(targets, (0, 1)).all():
        raise ValueError("targets must be 0 or 1")
    positives = scores[targets == 1]
    negatives = np.sort(scores[targets == 0])
    pairs = len(positives) * len(negatives)
    if pairs == 0:
        return np.float64("nan")
    below = np.searchsorted(negatives, positives)
    up_to = np.searchsorted(negatives, positives, side="right")
    return (below.sum() + up_to.sum()) / (2 * pairs)
