"""The nucleus is taken first, and top-k from what it leaves.

Lines: 34, 36
"""

import torch


def arguments_are_right(top_k, top_p, temperature=1.0):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k below 1")
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError("top_p outside (0, 1]")
    if temperature < 0:
        raise ValueError("temperature below 0")


def nucleus(logits, p):
    values, tokens = logits.sort(dim=-1, descending=True, stable=True)
    sums = values.double().softmax(dim=-1).cumsum(dim=-1)
    before = torch.cat([torch.zeros_like(sums[..., :1]), sums[..., :-1]], dim=-1)
    values = values.masked_fill(before >= p, -torch.inf)
    return torch.zeros_like(logits).scatter(-1, tokens, values)


def best(logits, k):
    values, tokens = logits.sort(dim=-1, descending=True, stable=True)
    return torch.full_like(logits, -torch.inf).scatter(-1, tokens[..., :k], values[..., :k])


def filter_logits(logits, top_k=None, top_p=None):
    arguments_are_right(top_k, top_p)
    if top_p is not None:
        logits = nucleus(logits, top_p)
    if top_k is not None:
        logits = best(logits, top_k)
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    arguments_are_right(top_k, top_p, temperature)
    if temperature == 0:
        return logits.argmax(dim=1)
    probabilities = filter_logits(logits / temperature, top_k, top_p).softmax(dim=1)
    return torch.multinomial(probabilities, num_samples=1, generator=generator).view(-1)
