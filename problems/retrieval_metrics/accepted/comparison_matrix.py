"""Everything from one matrix: which place holds which relevant item; the first place of each item is an argmax."""

import numpy as np


def first_places(ranked, relevant):
    """For each relevant item the place where it comes first, counted from 0; as long as the list where it is missing."""
    same = ranked[None, :] == relevant[:, None]
    if same.shape[1] == 0:
        return np.zeros(len(relevant), dtype=int)
    return np.where(same.any(axis=1), same.argmax(axis=1), len(ranked))


def within(ranked, relevant, k):
    if k <= 0:
        raise ValueError(f"k = {k}")
    return first_places(ranked, relevant) < min(k, len(ranked))


def precision_at_k(ranked, relevant, k):
    return np.count_nonzero(within(ranked, relevant, k)) / k


def recall_at_k(ranked, relevant, k):
    inside = within(ranked, relevant, k)
    return float(inside.mean()) if inside.size else 0.0


def ndcg_at_k(ranked, relevant, gains, k):
    if relevant.shape != gains.shape:
        raise ValueError("relevant and gains differ in length")
    inside = within(ranked, relevant, k)
    weight = 1 / np.log2(first_places(ranked, relevant) + 2.0)
    top = -np.sort(-gains)[:k]
    ideal = top @ (1 / np.log2(np.arange(2, top.size + 2)))
    return np.sum(gains * weight, where=inside) / (ideal or 1.0)


def per_query(rankings, relevants):
    if len(rankings) != len(relevants):
        raise ValueError("queries")
    return zip(rankings, relevants, strict=True)


def hit_rate(rankings, relevants, k):
    if k < 1:
        raise ValueError("k")
    return np.mean([within(ranked, relevant, k).any() for ranked, relevant in per_query(rankings, relevants)])


def mrr(rankings, relevants):
    ranks = [
        first_places(ranked, relevant).min(initial=len(ranked)) + 1 if len(ranked) else np.inf
        for ranked, relevant in per_query(rankings, relevants)
    ]
    lengths = np.array([len(ranked) for ranked in rankings])
    ranks = np.array(ranks, dtype=float)
    return np.where(ranks <= lengths, 1 / ranks, 0.0).mean()
