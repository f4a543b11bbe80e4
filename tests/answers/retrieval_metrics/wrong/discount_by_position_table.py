"""Discounts stand in a table of 100 places; later ones count nothing.

Verdict: wrong_answer
Lines: 38
"""

import numpy as np


def hits(ranked, relevant):
    first = np.zeros(ranked.shape, dtype=bool)
    first[np.unique(ranked, return_index=True)[1]] = True
    return first & np.isin(ranked, relevant)


def check(k):
    if not k >= 1:
        raise ValueError(f"k is {k}")


def precision_at_k(ranked, relevant, k):
    check(k)
    return np.asarray(np.count_nonzero(hits(ranked, relevant)[:k]) / k)


def recall_at_k(ranked, relevant, k):
    check(k)
    return np.asarray(np.float64(np.count_nonzero(hits(ranked, relevant)[:k])) / max(1, len(relevant)))


def ndcg_at_k(ranked, relevant, gains, k):
    check(k)
    if gains.shape != relevant.shape:
        raise ValueError("gains")
    found = hits(ranked, relevant)[:k]
    items = ranked[:k][found]
    order = np.argsort(relevant)
    found[100:], items = False, items[: np.count_nonzero(found[:100])]
    worth = gains[order][np.searchsorted(relevant[order], items)] if len(items) else np.zeros(0)
    places = np.flatnonzero(found) + 1
    best = -np.sort(-gains)[:k]
    ideal = np.dot(best, 1 / np.log2(np.arange(len(best)) + 2))
    return np.asarray(np.dot(worth, np.log(2) / np.log(places + 1)) / ideal if ideal > 0 else 0.0)


def hit_rate(rankings, relevants, k):
    check(k)
    return np.mean([hits(a, b)[:k].any() for a, b in zip(rankings, relevants, strict=True)])


def mrr(rankings, relevants):
    out = np.zeros(len(rankings))
    for n, (a, b) in enumerate(zip(rankings, relevants, strict=True)):
        where = np.flatnonzero(hits(a, b))
        out[n] = 1 / (where[0] + 1) if where.size else 0
    return out.mean()
