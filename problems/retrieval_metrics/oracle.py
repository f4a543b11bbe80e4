"""All of it with Python sets and fractions: an answer by other means, with which the reference is compared."""

import math
from fractions import Fraction


def hits(ranked, relevant, k=None):
    """Places, from 1, at which a relevant item comes for the first time."""
    wanted, places = set(relevant.tolist()), []
    for place, item in enumerate(ranked.tolist()[:k], 1):
        if item in wanted:
            wanted.discard(item)
            places.append(place)
    return places


def looked_at(k):
    """k where it has a meaning."""
    if k <= 0:
        raise ValueError("k")
    return k


def precision_at_k(ranked, relevant, k):
    """Hits by k."""
    return float(Fraction(len(hits(ranked, relevant, looked_at(k))), k))


def recall_at_k(ranked, relevant, k):
    """Hits by what there is."""
    number = len(hits(ranked, relevant, looked_at(k)))
    return float(Fraction(number, len(relevant))) if len(relevant) else 0.0


def ndcg_at_k(ranked, relevant, gains, k):
    """Exact sums of the discounted gains."""
    if len(gains) != len(relevant):
        raise ValueError("gains")
    worth = dict(zip(relevant.tolist(), gains.tolist(), strict=True))
    items = ranked.tolist()
    mine = math.fsum(worth[items[place - 1]] / math.log2(place + 1) for place in hits(ranked, relevant, looked_at(k)))
    order = sorted(worth.values(), reverse=True)
    best = math.fsum(gain / math.log2(place + 1) for place, gain in enumerate(order[:k], 1))
    return mine / best if best else 0.0


def hit_rate(rankings, relevants, k):
    """Queries with a hit."""
    if len(rankings) != len(relevants):
        raise ValueError("queries")
    looked_at(k)
    good = sum(bool(hits(*pair, k)) for pair in zip(rankings, relevants, strict=True))
    return float(Fraction(good, len(rankings)))


def mrr(rankings, relevants):
    """First hits."""
    if len(rankings) != len(relevants):
        raise ValueError("queries")
    every = [hits(*pair) for pair in zip(rankings, relevants, strict=True)]
    return float(sum((Fraction(1, places[0]) for places in every if places), Fraction(0)) / len(every))
