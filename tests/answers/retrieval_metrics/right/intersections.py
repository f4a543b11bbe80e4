"""np.intersect1d with indices: the places of what both have, first occurrences only."""

import numpy as np


def places(ranked, relevant):
    unique, first = np.unique(ranked, return_index=True)
    _, mine, theirs = np.intersect1d(unique, relevant, return_indices=True)
    return first[mine], theirs


def at_least_one(k):
    if k < 1:
        raise ValueError(k)


def precision_at_k(ranked, relevant, k):
    at_least_one(k)
    return np.mean(np.isin(np.arange(k), places(ranked, relevant)[0]))


def recall_at_k(ranked, relevant, k):
    at_least_one(k)
    where, _ = places(ranked, relevant)
    return np.sum(where < k) / np.fmax(1, len(relevant))


def ndcg_at_k(ranked, relevant, gains, k):
    at_least_one(k)
    if np.size(gains) != np.size(relevant):
        raise ValueError("gains and relevant differ in size")
    where, which = places(ranked, relevant)
    inside = where < k
    dcg = np.sum(gains[which][inside] / np.log2(where[inside] + 2))
    order = np.argsort(gains)[::-1][:k]
    ideal = np.sum(gains[order] / np.log2(np.arange(len(order)) + 2))
    with np.errstate(all="ignore"):
        return np.float64(np.nan_to_num(dcg / ideal))


def firsts(rankings, relevants):
    if len(rankings) != len(relevants):
        raise ValueError("queries")
    return np.array([min(places(*pair)[0], default=np.inf) for pair in zip(rankings, relevants)], dtype=float)


def hit_rate(rankings, relevants, k):
    at_least_one(k)
    return np.mean(firsts(rankings, relevants) < k)


def mrr(rankings, relevants):
    return np.mean(1 / (1 + firsts(rankings, relevants)))
