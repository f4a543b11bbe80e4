"""A repeated item is a hit where it comes last.

Verdict: wrong_answer
Lines: 13, 16
"""

import numpy as np


def hits(ranked, relevant):
    seen, out = set(), []
    wanted = set(relevant.tolist())
    for item in ranked.tolist()[::-1]:
        out.append(item in wanted and item not in seen)
        seen.add(item)
    return np.array(out[::-1], dtype=bool)


def check_k(k):
    if k < 1:
        raise ValueError("k must be positive")


def precision_at_k(ranked, relevant, k):
    check_k(k)
    return hits(ranked, relevant)[:k].sum() / k


def recall_at_k(ranked, relevant, k):
    check_k(k)
    if len(relevant) == 0:
        return 0.0
    return hits(ranked, relevant)[:k].sum() / len(relevant)


def dcg(gains):
    return sum(gain / np.log2(place + 2) for place, gain in enumerate(gains))


def ndcg_at_k(ranked, relevant, gains, k):
    check_k(k)
    if len(gains) != len(relevant):
        raise ValueError("one gain for each relevant item")
    gain = dict(zip(relevant.tolist(), gains.tolist()))
    mine = [gain[item] if hit else 0.0 for item, hit in zip(ranked.tolist(), hits(ranked, relevant))]
    best = dcg(sorted(gains.tolist(), reverse=True)[:k])
    return dcg(mine[:k]) / best if best > 0 else 0.0


def hit_rate(rankings, relevants, k):
    check_k(k)
    if len(rankings) != len(relevants):
        raise ValueError("lengths differ")
    return float(np.mean([hits(a, b)[:k].any() for a, b in zip(rankings, relevants)]))


def mrr(rankings, relevants):
    if len(rankings) != len(relevants):
        raise ValueError("lengths differ")
    total = 0.0
    for ranked, relevant in zip(rankings, relevants):
        places = np.flatnonzero(hits(ranked, relevant))
        if len(places):
            total += 1 / (places[0] + 1)
    return total / len(rankings)
