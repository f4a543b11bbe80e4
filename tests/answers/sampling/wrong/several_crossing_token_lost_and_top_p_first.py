"""The token that crosses the line of top_p is removed, and top_p is applied before top_k.

Verdict: wrong_answer
Lines: 29, 37
Mistakes: 2
"""

import torch


def _check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must lie in (0, 1]")


def _keep_k(logits, k):
    if k >= logits.shape[-1]:
        return logits
    smallest = logits.topk(k, dim=-1).values[..., -1:]
    return logits.masked_fill(logits < smallest, float("-inf"))


def _keep_p(logits, p):
    ordered, order = logits.sort(dim=-1, descending=True)
    share = ordered.double().softmax(dim=-1)
    total = share.cumsum(dim=-1)
    drop = total > p
    drop[..., 0] = False
    return logits.masked_fill(torch.zeros_like(drop).scatter(-1, order, drop), float("-inf"))


def filter_logits(logits, top_k=None, top_p=None):
    _check(top_k, top_p)
    if top_p is not None:
        logits = _keep_p(logits, top_p)
    if top_k is not None:
        logits = _keep_k(logits, top_k)
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature must not be negative")
    _check(top_k, top_p)
    if temperature == 0:
        return logits.argmax(dim=-1)
    scaled = logits - logits.max(dim=-1, keepdim=True).values
    filtered = filter_logits(scaled.double() / temperature, top_k, top_p)
    return torch.multinomial(filtered.softmax(dim=-1), 1, generator=generator).squeeze(-1)
