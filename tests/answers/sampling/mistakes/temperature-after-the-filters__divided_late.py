"""The logits are filtered as they came, and what is left is divided by the temperature.

Lines: 34, 37
"""

import torch


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("bad top_k")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("bad top_p")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    order = logits.argsort(dim=-1, descending=True, stable=True)
    ordered = logits.gather(-1, order)
    if top_k is not None:
        ordered[..., top_k:] = -torch.inf
    if top_p is not None:
        share = ordered.double().softmax(-1)
        before = share.cumsum(-1).roll(1, dims=-1)
        before[..., 0] = 0
        ordered[before >= top_p] = -torch.inf
    return torch.empty_like(ordered).scatter_(-1, order, ordered)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("bad temperature")
    filtered = filter_logits(logits, top_k, top_p)
    if temperature == 0:
        return filtered.argmax(-1)
    return (filtered / temperature).softmax(-1).multinomial(1, generator=generator).squeeze(-1)
