"""Plain Python over a generator of (place, item, is a hit); sums by math.fsum.

Verdict: accepted
"""

import math
import sys


def places(ranked, relevant, k=sys.maxsize):
    if k < 1:
        raise ValueError("k")
    wanted = set(map(int, relevant))
    for place, item in enumerate(map(int, ranked), start=1):
        if place > k:
            return
        yield place, item, item in wanted
        wanted.discard(item)


def precision_at_k(ranked, relevant, k):
    return [hit for _, _, hit in places(ranked, relevant, k)].count(True) / k


def recall_at_k(ranked, relevant, k):
    found = sum(1.0 for *_, hit in places(ranked, relevant, k) if hit)
    return found / len(relevant) if len(relevant) else 0.0


def ndcg_at_k(ranked, relevant, gains, k):
    if len(gains) != len(relevant):
        raise ValueError("gains and relevant differ")
    worth = dict(zip(relevant.tolist(), gains.tolist()))
    dcg = math.fsum(worth[item] / math.log2(place + 1) for place, item, hit in places(ranked, relevant, k) if hit)
    best = sorted(worth.values(), reverse=True)
    ideal = math.fsum(gain / math.log2(place + 2) for place, gain in enumerate(best) if place < k)
    return dcg / ideal if ideal else 0.0


def hit_rate(rankings, relevants, k):
    if k < 1 or len(rankings) != len(relevants):
        raise ValueError
    return sum(any(hit for *_, hit in places(*pair, k)) for pair in zip(rankings, relevants)) / len(rankings)


def mrr(rankings, relevants):
    if len(rankings) != len(relevants):
        raise ValueError
    total = 0.0
    for pair in zip(rankings, relevants):
        total += next((1 / place for place, _, hit in places(*pair) if hit), 0.0)
    return total / len(rankings)
