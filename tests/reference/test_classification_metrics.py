"""The classification metrics of the reference against counts by hand, and against an integral under the curve itself."""

from itertools import pairwise

import numpy as np
import pytest

from reference.classification_metrics import confusion_matrix, precision_recall_f1, roc_auc

TARGETS = np.array([0, 0, 0, 1, 1, 2, 2, 4])
CALLED = np.array([0, 0, 1, 1, 2, 0, 2, 2])


def test_the_matrix_counts_targets_in_rows_and_predictions_in_columns() -> None:
    expected = [[2, 1, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0], [1, 0, 1, 0, 0, 0], [0] * 6, [0, 0, 1, 0, 0, 0], [0] * 6]
    counts = confusion_matrix(TARGETS, CALLED, 6)
    assert counts.dtype == np.int64
    assert counts.tolist() == expected


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64])
def test_any_integer_type_is_counted(dtype: type) -> None:
    labels = np.arange(100).astype(dtype)
    assert (confusion_matrix(labels, labels, 100) == np.eye(100)).all()


def test_scores_by_class() -> None:
    precision, recall, f1 = precision_recall_f1(TARGETS, CALLED, 6)
    np.testing.assert_allclose(precision, [2 / 3, 1 / 2, 1 / 3, 0, 0, 0])
    np.testing.assert_allclose(recall, [2 / 3, 1 / 2, 1 / 2, 0, 0, 0])
    np.testing.assert_allclose(f1, [2 / 3, 1 / 2, 2 / 5, 0, 0, 0])


def test_macro_leaves_out_what_does_not_occur_and_keeps_what_occurs_on_one_side() -> None:
    precision, recall, f1 = precision_recall_f1(TARGETS, CALLED, 6, average="macro")
    np.testing.assert_allclose(precision, (2 / 3 + 1 / 2 + 1 / 3) / 4)
    np.testing.assert_allclose(recall, (2 / 3 + 1 / 2 + 1 / 2) / 4)
    np.testing.assert_allclose(f1, (2 / 3 + 1 / 2 + 2 / 5) / 4)


def test_micro_is_the_accuracy_three_times() -> None:
    assert [float(value) for value in precision_recall_f1(TARGETS, CALLED, 6, average="micro")] == [0.5, 0.5, 0.5]


def by_the_curve(targets: np.ndarray, scores: np.ndarray) -> float:
    """The trapezoidal integral of the true positive rate over the false positive rate, threshold by threshold."""
    rates = [((scores >= t)[targets == 0].mean(), (scores >= t)[targets == 1].mean()) for t in np.unique(scores)]
    points = sorted([(0.0, 0.0), (1.0, 1.0), *rates])
    return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(points))


@pytest.mark.parametrize("seed", range(20))
def test_the_area_is_that_under_the_curve(seed: int) -> None:
    random = np.random.default_rng(seed)
    targets = np.concatenate([[0, 1], random.integers(0, 2, 15)])
    scores = random.integers(0, 6, 17) / 4 if seed % 2 else random.standard_normal(17)
    assert roc_auc(targets, scores) == pytest.approx(by_the_curve(targets, scores), abs=1e-12)


def test_the_ends_of_the_area() -> None:
    targets = np.array([0, 0, 1, 1])
    assert roc_auc(targets, np.array([1.0, 2.0, 3.0, 4.0])) == 1
    assert roc_auc(targets, np.array([4.0, 3.0, 2.0, 1.0])) == 0
    assert roc_auc(targets, np.zeros(4)) == 0.5
    assert np.isnan(roc_auc(np.ones(3, dtype=int), np.arange(3.0)))
    assert np.isnan(roc_auc(np.zeros(3, dtype=int), np.arange(3.0)))


def test_what_has_no_meaning_raises() -> None:
    one, two = np.array([0]), np.array([0, 1])
    for targets, called in ((two, one), (np.array([0, 2]), two), (two, np.array([0, -1]))):
        with pytest.raises(ValueError, match=r"labels|targets"):
            confusion_matrix(targets, called, 2)
        with pytest.raises(ValueError, match=r"labels|targets"):
            precision_recall_f1(targets, called, 2)
    with pytest.raises(ValueError, match="average"):
        precision_recall_f1(two, two, 2, average="weighted")
    with pytest.raises(ValueError, match="scores"):
        roc_auc(two, np.zeros(3))
    with pytest.raises(ValueError, match="0 or 1"):
        roc_auc(np.array([0, 2]), np.zeros(2))
