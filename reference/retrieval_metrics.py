"""How good a ranking is: precision and recall at k, hit rate, mean reciprocal rank and normalised discounted gain.

    precision@k = relevant among the first k / k
    recall@k    = relevant among the first k / relevant
    MRR         = mean over queries of 1 / rank of the first relevant item
    DCG@k       = Σ_{i ≤ k} gain_i / log2(i + 1),       nDCG = DCG / DCG of the best ranking there is

Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, chapter 8; Järvelin and Kekäläinen,
"Cumulated Gain-Based Evaluation of IR Techniques", 2002, with the discount that begins at the first place.

Decisions:
- An item counts where it comes first. Further on it takes up a place and is worth nothing: otherwise one good item,
  said ten times, would be a perfect ranking, and a recall could be more than 1.
- Places beyond the end of the list are misses: precision is divided by k whatever the length.
- Where nothing is relevant every measure is 0, and such a query stays in the mean.
- The best ranking is made of all that is relevant, found or not, and cut at k like the ranking itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def found(ranked: Array, relevant: Array) -> Array:
    """Whether the item at each place [N] is relevant and has not come before."""
    first_N = np.zeros(len(ranked), dtype=bool)
    places = np.unique(ranked, return_index=True)[1]
    first_N[places] = True
    return first_N & np.isin(ranked, relevant)


def check(k: int) -> None:
    """Raise ValueError where k is no number of places."""
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")


def precision_at_k(ranked: Array, relevant: Array, k: int) -> Any:
    """Share of the first k places that hold a relevant item."""
    check(k)
    return found(ranked, relevant)[:k].sum() / k


def recall_at_k(ranked: Array, relevant: Array, k: int) -> Any:
    """Share of the relevant items that stand in the first k places; 0 where there is none."""
    check(k)
    return found(ranked, relevant)[:k].sum() / max(len(relevant), 1)


def ndcg_at_k(ranked: Array, relevant: Array, gains: Array, k: int) -> Any:
    """Discounted gain of the first k places, by that of the best ranking; 0 where nothing has a gain."""
    check(k)
    gain_of = dict(zip(relevant.tolist(), gains.tolist(), strict=True))
    hit_N = found(ranked, relevant)
    gains_N = np.zeros(len(ranked))
    gains_N[hit_N] = [gain_of[item] for item in ranked[hit_N].tolist()]
    best = discounted(np.sort(gains)[::-1][:k])
    return discounted(gains_N[:k]) / best if best > 0 else best


def discounted(gains: Array) -> Any:
    """Sum of the gains at the first, second, ... place, each divided by the logarithm of its place plus one."""
    return np.divide(gains, np.log2(np.arange(len(gains)) + 2)).sum()


def hit_rate(rankings: Sequence[Array], relevants: Sequence[Array], k: int) -> Any:
    """Share of the queries that have a relevant item in the first k places."""
    check(k)
    pairs = zip(rankings, relevants, strict=True)
    return np.mean([found(ranked, relevant)[:k].any() for ranked, relevant in pairs])


def mrr(rankings: Sequence[Array], relevants: Sequence[Array]) -> Any:
    """Mean of 1 / rank of the first relevant item, 0 for a query without one."""
    pairs = zip(rankings, relevants, strict=True)
    return np.mean([reciprocal_rank(ranked, relevant) for ranked, relevant in pairs])


def reciprocal_rank(ranked: Array, relevant: Array) -> Any:
    """1 / rank of the first relevant item; 0 where there is none."""
    hits = np.flatnonzero(found(ranked, relevant))
    return 1 / (hits[0] + 1) if len(hits) else 0.0
