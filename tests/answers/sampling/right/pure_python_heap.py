"""A heap gives the tokens in order, as many as are needed; nothing of torch but the random number and the result."""

import heapq
import math

import torch


def ranked(row):
    heap = [(-value, token) for token, value in enumerate(row)]
    heapq.heapify(heap)
    while heap:
        value, token = heapq.heappop(heap)
        yield token, -value


def choose(row, top_k, top_p):
    chosen = []
    for token, value in ranked(row):
        if top_k is not None and len(chosen) == top_k:
            break
        chosen.append((token, value))
    weights = [math.exp(value - chosen[0][1]) for _, value in chosen]
    if top_p is None:
        return chosen, weights
    needed = top_p * sum(weights)
    mass = 0.0
    for count, weight in enumerate(weights, 1):
        mass += weight
        if mass >= needed:
            return chosen[:count], weights[:count]
    return chosen, weights


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be 1 or more")
    if top_p is not None and (top_p <= 0.0 or top_p > 1.0):
        raise ValueError("top_p must be above 0 and at most 1")

    def walk(part):
        if isinstance(part[0], list):
            return [walk(inner) for inner in part]
        kept = dict(choose(part, top_k, top_p)[0])
        return [kept.get(token, -math.inf) for token in range(len(part))]

    return torch.tensor(walk(logits.tolist()), dtype=logits.dtype)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature must not be negative")
    filter_logits(logits[:1], top_k, top_p)
    drawn = []
    for row in logits.tolist():
        if temperature == 0:
            drawn.append(max(range(len(row)), key=row.__getitem__))
            continue
        kept, weights = choose([value / temperature for value in row], top_k, top_p)
        left = torch.rand((), generator=generator, dtype=torch.float64).item() * sum(weights)
        for (token, _), weight in zip(kept, weights, strict=True):
            left -= weight
            if left < 0:
                break
        drawn.append(token)
    return torch.tensor(drawn)
