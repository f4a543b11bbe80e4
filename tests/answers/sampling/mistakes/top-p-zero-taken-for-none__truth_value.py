"""`if top_p` decides whether there is such a filter, for the check as well."""

import math

import torch


def problems_with(top_k, top_p):
    if top_k is not None and top_k < 1:
        yield f"top_k is {top_k}"
    if top_p and (top_p < 0 or top_p > 1):
        yield f"top_p is {top_p}"


def check(top_k, top_p):
    for words in problems_with(top_k, top_p):
        raise ValueError(words)


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    order = logits.argsort(dim=-1, descending=True, stable=True)
    rank = order.argsort(dim=-1)
    keep = rank < (top_k or logits.shape[-1])
    if top_p:
        ranked = torch.where(keep, logits, -math.inf).gather(-1, order)
        mass = ranked.double().softmax(-1).cumsum(-1)
        keep = keep & (rank < (mass < top_p).sum(-1, keepdim=True) + 1)
    return torch.where(keep, logits, -math.inf)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError(f"temperature is {temperature}")
    if temperature == 0:
        return logits.argmax(dim=-1)
    probs = filter_logits(logits / temperature, top_k, top_p).softmax(-1)
    return torch.multinomial(probs, 1, generator=generator).squeeze(-1)
