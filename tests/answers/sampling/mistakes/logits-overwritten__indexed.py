"""Removed entries are set to minus infinity where they stand, in the caller's logits.

Lines: 27
"""

import torch


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must not be below 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be above 0 and not above 1")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    order = logits.argsort(dim=-1, descending=True, stable=True)
    rank = order.argsort(dim=-1)
    drop = torch.zeros_like(rank, dtype=torch.bool)
    if top_k is not None:
        drop |= rank >= top_k
    if top_p is not None:
        ranked = logits.masked_fill(drop, -torch.inf).gather(-1, order)
        sums = ranked.double().softmax(-1).cumsum(-1)
        drop |= rank > (sums < top_p).sum(-1, keepdim=True)
    logits[drop] = -torch.inf
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature must not be below 0")
    if temperature == 0:
        return logits.argmax(-1)
    weights = torch.softmax(filter_logits(logits / temperature, top_k, top_p), -1)
    return torch.multinomial(weights, 1, generator=generator)[:, 0]
