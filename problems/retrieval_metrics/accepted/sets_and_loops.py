"""Sets and loops over Python numbers."""

import math


def need(k):
    if k < 1:
        raise ValueError("k must be at least 1")


def hit_places(ranked, relevant):
    wanted, seen, places = set(relevant.tolist()), set(), []
    for place, item in enumerate(ranked.tolist(), start=1):
        if item in wanted and item not in seen:
            places.append(place)
        seen.add(item)
    return places


def precision_at_k(ranked, relevant, k):
    need(k)
    return sum(1 for place in hit_places(ranked, relevant) if place <= k) / k


def recall_at_k(ranked, relevant, k):
    need(k)
    if len(relevant) == 0:
        return 0.0
    return sum(1 for place in hit_places(ranked, relevant) if place <= k) / len(relevant)


def ndcg_at_k(ranked, relevant, gains, k):
    need(k)
    if len(relevant) != len(gains):
        raise ValueError("one gain for each relevant item")
    gain = {int(item): float(worth) for item, worth in zip(relevant, gains, strict=True)}
    dcg = 0.0
    for place in hit_places(ranked, relevant):
        if place <= k:
            dcg += gain[int(ranked[place - 1])] / math.log2(place + 1)
    best = 0.0
    for place, worth in enumerate(sorted(gain.values(), reverse=True)[:k], start=1):
        best += worth / math.log2(place + 1)
    return dcg / best if best else 0.0


def hit_rate(rankings, relevants, k):
    need(k)
    if len(rankings) != len(relevants):
        raise ValueError("as many rankings as relevants")
    hits = 0
    for ranked, relevant in zip(rankings, relevants, strict=True):
        places = hit_places(ranked, relevant)
        hits += bool(places) and places[0] <= k
    return hits / len(rankings)


def mrr(rankings, relevants):
    if len(rankings) != len(relevants):
        raise ValueError("as many rankings as relevants")
    total = 0.0
    for ranked, relevant in zip(rankings, relevants, strict=True):
        places = hit_places(ranked, relevant)
        total += 1 / places[0] if places else 0.0
    return total / len(rankings)
