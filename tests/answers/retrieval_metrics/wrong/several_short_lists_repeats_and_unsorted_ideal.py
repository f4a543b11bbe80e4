"""Precision divides by the places that there are where the list is short, an item that comes again is a hit again,
and the best ranking of NDCG keeps the gains in the order given.

Verdict: wrong_answer
Lines: 20, 30, 44
Mistakes: 3
"""

import numpy as np


def check_k(k):
    if k < 1:
        raise ValueError("k must be at least 1")


def hits(ranked, relevant):
    """One bool for each place of the ranking."""
    found = np.isin(ranked, relevant)
    return found


def dcg(gains):
    return float((gains / np.log2(np.arange(2, len(gains) + 2))).sum())


def precision_at_k(ranked, relevant, k):
    check_k(k)
    top = ranked[:k]
    return hits(top, relevant).sum() / max(len(top), 1)


def recall_at_k(ranked, relevant, k):
    check_k(k)
    if len(relevant) == 0:
        return 0.0
    return hits(ranked[:k], relevant).sum() / len(relevant)


def ndcg_at_k(ranked, relevant, gains, k):
    check_k(k)
    if len(gains) != len(relevant):
        raise ValueError("one gain for each relevant item")
    best = dcg(gains[:k])
    if best == 0:
        return 0.0
    top = ranked[:k]
    worth = dict(zip(relevant.tolist(), gains.tolist()))
    gained = [worth[item] if hit else 0.0 for item, hit in zip(top.tolist(), hits(top, relevant))]
    return dcg(np.array(gained, dtype=np.float64)) / best


def hit_rate(rankings, relevants, k):
    check_k(k)
    if len(rankings) != len(relevants):
        raise ValueError("one set of relevant items for each ranking")
    return float(np.mean([hits(a[:k], b).any() for a, b in zip(rankings, relevants)]))


def mrr(rankings, relevants):
    if len(rankings) != len(relevants):
        raise ValueError("one set of relevant items for each ranking")
    total = 0.0
    for ranked, relevant in zip(rankings, relevants):
        places = np.flatnonzero(hits(ranked, relevant))
        if len(places):
            total += 1 / (places[0] + 1)
    return total / len(rankings)
