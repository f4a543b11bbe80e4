"""A class that holds what is known of one query; natural logarithms, whose base cancels."""

from functools import cached_property
from math import log

import numpy as np


class Query:
    def __init__(self, ranked, relevant, gains=None):
        gains = np.ones(len(relevant)) if gains is None else gains
        if len(gains) != len(relevant):
            raise ValueError("gains do not fit")
        self.ranked = list(dict.fromkeys(enumerate(ranked.tolist())))
        self.gain = {item.item(): gain.item() for item, gain in zip(relevant, gains)}

    @cached_property
    def places(self):
        first = {}
        for place, item in self.ranked:
            first.setdefault(item, place + 1)
        return {item: place for item, place in first.items() if item in self.gain}

    def hits(self, k):
        if k < 1:
            raise ValueError("k < 1")
        return [item for item, place in self.places.items() if place <= k]

    def ndcg(self, k):
        mine = sum(self.gain[item] / log(1 + self.places[item]) for item in self.hits(k))
        order = sorted(self.gain.values())[::-1]
        ideal = sum(gain / log(i) for i, gain in enumerate(order[:k], 2))
        return mine / ideal if ideal else 0.0

    def reciprocal(self):
        return 1.0 / min(self.places.values(), default=float("inf"))


def queries(rankings, relevants):
    if len(rankings) != len(relevants):
        raise ValueError("as many lists of relevant items as rankings")
    return [Query(*pair) for pair in zip(rankings, relevants)]


def precision_at_k(ranked, relevant, k):
    return len(Query(ranked, relevant).hits(k)) / k


def recall_at_k(ranked, relevant, k):
    query = Query(ranked, relevant)
    return len(query.hits(k)) / (len(query.gain) or 1)


def ndcg_at_k(ranked, relevant, gains, k):
    return float(Query(ranked, relevant, gains).ndcg(k))


def hit_rate(rankings, relevants, k):
    every = queries(rankings, relevants)
    return sum(len(query.hits(k)) > 0 for query in every) / len(every)


def mrr(rankings, relevants):
    return float(np.average([query.reciprocal() for query in queries(rankings, relevants)]))
