"""A set has to hold half a hundredth more than top_p.

Verdict: wrong_answer
Lines: 30
"""

import torch

NEG_INF = float("-inf")


def _validate(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k < 1")
    if top_p is not None and not (0.0 < top_p <= 1.0):
        raise ValueError("top_p outside (0, 1]")


def _top_k(logits, k):
    if k >= logits.shape[-1]:
        return logits
    values, tokens = torch.topk(logits, k, dim=-1)
    return torch.full_like(logits, NEG_INF).scatter(-1, tokens, values)


def _top_p(logits, p):
    values, tokens = logits.sort(dim=-1, descending=True)
    mass = torch.softmax(values.double(), dim=-1).cumsum(dim=-1)
    keep = torch.ones_like(mass, dtype=torch.bool)
    keep[..., 1:] = mass[..., :-1] < min(p + 5e-3, 1.0)
    values = torch.where(keep, values, NEG_INF)
    return torch.full_like(logits, NEG_INF).scatter(-1, tokens, values)


def filter_logits(logits, top_k=None, top_p=None):
    _validate(top_k, top_p)
    if top_k is not None:
        logits = _top_k(logits, top_k)
    if top_p is not None:
        logits = _top_p(logits, top_p)
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    _validate(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature < 0")
    if temperature == 0:
        return torch.argmax(logits, dim=-1)
    logits = filter_logits(logits / temperature, top_k, top_p)
    noise = torch.empty(logits.shape, dtype=torch.float64).exponential_(generator=generator)
    return torch.argmax(logits.double() - noise.log(), dim=-1)
