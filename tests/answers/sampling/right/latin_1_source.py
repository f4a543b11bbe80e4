# -*- coding: latin-1 -*-
"""Gumbel-max; the source is not UTF-8: é, ü."""

import torch


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1 or top_p is not None and not 0 < top_p <= 1:
        raise ValueError("bad filter")
    ranked = logits.sort(dim=-1, descending=True).values
    if top_k is not None:
        ranked = ranked[..., :top_k]
    if top_p is not None:
        short = ranked.double().softmax(-1).cumsum(-1) < top_p
        last = short.sum(-1, keepdim=True).clamp(max=ranked.size(-1) - 1)
        threshold = ranked.gather(-1, last)
    else:
        threshold = ranked[..., -1:]
    return logits.where(logits >= threshold, -torch.inf)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("bad temperature")
    if temperature == 0:
        filter_logits(logits, top_k, top_p)
        return logits.argmax(-1)
    z = filter_logits(logits.double() / temperature, top_k, top_p)
    u = torch.rand(z.shape, dtype=torch.float64, generator=generator)
    return torch.argmax(z - torch.log(-torch.log1p(-u)), -1)
