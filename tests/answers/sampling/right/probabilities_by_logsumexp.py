"""Probabilities as exp(x - logsumexp(x)), in the logits' own precision."""

import torch


def _probabilities(logits):
    return (logits - torch.logsumexp(logits, dim=-1, keepdim=True)).exp()


def _check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0.0 < top_p <= 1.0:
        raise ValueError("top_p must lie in (0, 1]")


def filter_logits(logits, top_k=None, top_p=None):
    _check(top_k, top_p)
    ordered, order = logits.sort(dim=-1, descending=True)
    if top_k is not None:
        ordered = ordered.clone()
        ordered[..., top_k:] = -torch.inf
    if top_p is not None:
        reached_before = _probabilities(ordered).cumsum(-1).roll(1, -1)
        reached_before[..., 0] = 0.0
        ordered = ordered.masked_fill(reached_before >= top_p, -torch.inf)
    return torch.empty_like(logits).scatter_(-1, order, ordered)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    _check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature must not be negative")
    if temperature == 0:
        return logits.argmax(-1)
    kept = filter_logits(logits / temperature, top_k, top_p)
    return torch.multinomial(_probabilities(kept), 1, generator=generator)[:, 0]
