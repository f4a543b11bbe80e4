"""Ranks start at 0, and those up to k stay.

Lines: 22
"""

import torch


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k: at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p: above 0, at most 1")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    order = logits.argsort(dim=-1, descending=True, stable=True)
    rank = order.argsort(dim=-1)
    out = logits.clone()
    if top_k is not None:
        out[rank > top_k] = -torch.inf
    if top_p is not None:
        mass = out.gather(-1, order).double().softmax(-1).cumsum(-1)
        last = (mass < top_p).sum(-1, keepdim=True)
        out[rank > last] = -torch.inf
    return out


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature: at least 0")
    if temperature == 0:
        return logits.argmax(dim=-1)
    probs = filter_logits(logits / temperature, top_k, top_p).softmax(-1)
    return torch.multinomial(probs, 1, generator=generator).reshape(-1)
