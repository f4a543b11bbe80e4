"""DCG discounts place i by log2(i + 2), and the mean of mrr leaves out the queries without a hit.

Verdict: wrong_answer
Lines: 34, 68
Mistakes: 2
"""

import math


def _hit_places(ranked, relevant, k=None):
    """The places, from 1, of the hits, each with its item."""
    wanted = {int(item) for item in relevant}
    places = []
    for place, item in enumerate(ranked[:k].tolist(), start=1):
        if item in wanted:
            wanted.remove(item)
            places.append((place, item))
    return places


def _positive(k):
    if k < 1:
        raise ValueError("k < 1")


def _pairs(rankings, relevants):
    if len(rankings) != len(relevants):
        raise ValueError("rankings and relevants differ in number")
    return zip(rankings, relevants)


def _discounted(gain, place):
    return gain / math.log2(place + 2)


def precision_at_k(ranked, relevant, k):
    _positive(k)
    return len(_hit_places(ranked, relevant, k)) / k


def recall_at_k(ranked, relevant, k):
    _positive(k)
    return len(_hit_places(ranked, relevant, k)) / len(relevant) if len(relevant) else 0.0


def ndcg_at_k(ranked, relevant, gains, k):
    _positive(k)
    if len(gains) != len(relevant):
        raise ValueError("gains do not fit the relevant items")
    gain_of = {int(item): float(gain) for item, gain in zip(relevant, gains)}
    ideal = sorted(gain_of.values(), reverse=True)[:k]
    best = sum(_discounted(gain, place) for place, gain in enumerate(ideal, start=1))
    if not best:
        return 0.0
    return sum(_discounted(gain_of[item], place) for place, item in _hit_places(ranked, relevant, k)) / best


def hit_rate(rankings, relevants, k):
    _positive(k)
    found = [bool(_hit_places(ranked, relevant, k)) for ranked, relevant in _pairs(rankings, relevants)]
    return sum(found) / len(found)


def mrr(rankings, relevants):
    firsts = [_hit_places(ranked, relevant)[:1] for ranked, relevant in _pairs(rankings, relevants)]
    reciprocal = [1 / place for first in firsts for place, _ in first]
    return sum(reciprocal) / max(len(reciprocal), 1)
