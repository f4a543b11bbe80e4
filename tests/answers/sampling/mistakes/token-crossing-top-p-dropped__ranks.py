"""Keeps what has a running sum up to top_p, and the first token; the one that crosses is gone.

Lines: 22, 23
"""

import torch


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k <= 0:
        raise ValueError("top_k must be positive")
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError("top_p must be in (0, 1]")
    order = torch.argsort(logits, dim=-1, descending=True, stable=True)
    rank = torch.argsort(order, dim=-1)
    gone = torch.zeros_like(logits, dtype=torch.bool)
    if top_k is not None:
        gone = rank >= top_k
    if top_p is not None:
        left = logits.masked_fill(gone, float("-inf"))
        mass = torch.cumsum(torch.softmax(left.gather(-1, order).double(), dim=-1), dim=-1)
        beyond = mass.gather(-1, rank) > top_p
        gone = gone | (beyond & (rank > 0))
    return logits.masked_fill(gone, float("-inf"))


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature must not be negative")
    if temperature == 0:
        filter_logits(logits, top_k, top_p)
        return torch.argmax(logits, dim=-1)
    probs = torch.softmax(filter_logits(logits / temperature, top_k, top_p), dim=-1)
    return torch.multinomial(probs, 1, generator=generator)[:, 0]
