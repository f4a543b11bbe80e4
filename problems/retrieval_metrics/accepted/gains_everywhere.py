"""All measures from lists of gains in which repeats have been set to 0; 0-d arrays come back."""

import numpy as np


def gains_of(ranked, table):
    left = dict(table)
    return np.array([left.pop(item, np.nan) for item in ranked.tolist()], dtype=float)


def top(ranked, relevant, k):
    if not k >= 1:
        raise ValueError("k is a number of places")
    return ~np.isnan(gains_of(ranked, dict.fromkeys(relevant.tolist(), 1.0))[:k])


def precision_at_k(ranked, relevant, k):
    return np.asarray(top(ranked, relevant, k).sum() / k)


def recall_at_k(ranked, relevant, k):
    hits = top(ranked, relevant, k).sum()
    return np.asarray(np.divide(hits, relevant.size) if relevant.size else 0.0)


def dcg(gains):
    weights = np.reciprocal(np.log2(np.arange(1, gains.size + 1) + 1))
    return np.dot(np.nan_to_num(gains), weights)


def ndcg_at_k(ranked, relevant, gains, k):
    table = dict(zip(relevant.tolist(), gains.tolist(), strict=True))
    top(ranked, relevant, k)
    ideal = dcg(np.sort(gains)[::-1][:k])
    if ideal == 0:
        return np.asarray(0.0)
    return np.asarray(dcg(gains_of(ranked, table)[:k]) / ideal)


def hit_rate(rankings, relevants, k):
    hits = [top(ranked, relevant, k).any() for ranked, relevant in zip(rankings, relevants, strict=True)]
    return np.asarray(np.mean(hits))


def mrr(rankings, relevants):
    total = 0.0
    for ranked, relevant in zip(rankings, relevants, strict=True):
        hit = top(ranked, relevant, max(len(ranked), 1))
        total += 1.0 / (1 + hit.argmax()) if hit.any() else 0.0
    return np.asarray(total / len(relevants))
