"""A generator of hits that takes each item out of what is still wanted."""

from itertools import takewhile
from math import log2


def hits(ranked, wanted, k=float("inf")):
    if k < 1:
        raise ValueError(f"k is {k}, and must be 1 or more")
    left = dict(wanted)
    for place, item in takewhile(lambda pair: pair[0] <= k, enumerate(map(int, ranked), 1)):
        if item in left:
            yield place, left.pop(item)


def ones(relevant):
    return {int(item): 1.0 for item in relevant}


def precision_at_k(ranked, relevant, k):
    return sum(gain for _, gain in hits(ranked, ones(relevant), k)) / float(k)


def recall_at_k(ranked, relevant, k):
    wanted = ones(relevant)
    number = len(list(hits(ranked, wanted, k)))
    return number / len(wanted) if wanted else 0.0


def ndcg_at_k(ranked, relevant, gains, k):
    if len(relevant) != len(gains):
        raise ValueError("each relevant item has one gain")
    wanted = {int(item): float(gain) for item, gain in zip(relevant, gains, strict=True)}
    best = sum(gain / log2(place + 1) for place, gain in enumerate(sorted(wanted.values())[: -k - 1 : -1], 1))
    mine = sum(gain / log2(place + 1) for place, gain in hits(ranked, wanted, k))
    return mine / best if best else 0.0


def hit_rate(rankings, relevants, k):
    if len(rankings) != len(relevants):
        raise ValueError("each ranking has its relevant items")
    found = [
        any(True for _ in hits(ranked, ones(relevant), k)) for ranked, relevant in zip(rankings, relevants, strict=True)
    ]
    return found.count(True) / len(found)


def mrr(rankings, relevants):
    if len(rankings) != len(relevants):
        raise ValueError("each ranking has its relevant items")
    firsts = [next(hits(*pair), None) for pair in zip(rankings, map(ones, relevants), strict=True)]
    return sum(1 / first[0] if first else 0.0 for first in firsts) / len(firsts)
