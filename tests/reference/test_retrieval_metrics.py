"""The retrieval metrics of the reference against numbers worked out by hand."""

import math

import numpy as np
import pytest

from reference.retrieval_metrics import hit_rate, mrr, ndcg_at_k, precision_at_k, recall_at_k

RANKED = np.array([9, 4, 4, -2, 7])
RELEVANT = np.array([7, 4, 5])
GAINS = np.array([1.0, 3.0, 2.0])
NONE = np.array([], dtype=np.int64)


@pytest.mark.parametrize(("k", "hits"), [(1, 0), (2, 1), (3, 1), (4, 1), (5, 2), (6, 2), (50, 2)])
def test_precision_is_by_k_and_recall_by_what_is_relevant(k: int, hits: int) -> None:
    assert precision_at_k(RANKED, RELEVANT, k) == pytest.approx(hits / k)
    assert recall_at_k(RANKED, RELEVANT, k) == pytest.approx(hits / 3)


def test_gains_are_discounted_by_place_and_compared_with_all_that_is_relevant() -> None:
    best = 3 + 2 / math.log2(3) + 1 / math.log2(4)
    assert ndcg_at_k(RANKED, RELEVANT, GAINS, 5) == pytest.approx((3 / math.log2(3) + 1 / math.log2(6)) / best)
    assert ndcg_at_k(RANKED, RELEVANT, GAINS, 2) == pytest.approx(3 / math.log2(3) / (3 + 2 / math.log2(3)))
    assert ndcg_at_k(np.array([4, 5, 7, 1]), RELEVANT, GAINS, 9) == pytest.approx(1)


def test_where_nothing_is_relevant_or_came_back_everything_is_zero() -> None:
    for ranked, relevant in ((RANKED, NONE), (NONE, RELEVANT), (NONE, NONE)):
        gains = np.ones(len(relevant))
        values = [precision_at_k(ranked, relevant, 3), recall_at_k(ranked, relevant, 3)]
        values += [ndcg_at_k(ranked, relevant, gains, 3), hit_rate([ranked], [relevant], 3), mrr([ranked], [relevant])]
        assert values == [0] * 5
    assert ndcg_at_k(RANKED, RELEVANT, 0 * GAINS, 3) == 0


def test_means_are_over_all_queries() -> None:
    rankings, relevants = [RANKED, RANKED, NONE, RANKED], [RELEVANT, np.array([9]), RELEVANT, NONE]
    assert mrr(rankings, relevants) == pytest.approx((1 / 2 + 1) / 4)
    assert hit_rate(rankings, relevants, 1) == pytest.approx(1 / 4)
    assert hit_rate(rankings, relevants, 2) == pytest.approx(2 / 4)


def test_an_item_said_again_is_worth_nothing_more() -> None:
    again = np.array([4, 4, 4, 4])
    assert recall_at_k(again, RELEVANT, 4) == pytest.approx(1 / 3)
    assert precision_at_k(again, RELEVANT, 4) == pytest.approx(1 / 4)
    assert ndcg_at_k(again, RELEVANT, GAINS, 4) == ndcg_at_k(again[:1], RELEVANT, GAINS, 4)


@pytest.mark.parametrize("k", [0, -1])
def test_a_k_below_one_raises(k: int) -> None:
    with pytest.raises(ValueError, match="k must"):
        precision_at_k(RANKED, RELEVANT, k)
    with pytest.raises(ValueError, match="k must"):
        recall_at_k(RANKED, RELEVANT, k)
    with pytest.raises(ValueError, match="k must"):
        ndcg_at_k(RANKED, RELEVANT, GAINS, k)
    with pytest.raises(ValueError, match="k must"):
        hit_rate([RANKED], [RELEVANT], k)


def test_lengths_that_differ_raise() -> None:
    with pytest.raises(ValueError, match="zip"):
        ndcg_at_k(RANKED, RELEVANT, GAINS[:2], 3)
    with pytest.raises(ValueError, match="zip"):
        hit_rate([RANKED, RANKED], [RELEVANT], 3)
    with pytest.raises(ValueError, match="zip"):
        mrr([RANKED], [RELEVANT, RELEVANT])
