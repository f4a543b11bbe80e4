"""There is one softmax, of all logits, and both filters read from it.

Lines: 24, 17
"""

import torch


def must_be(condition, message):
    if not condition:
        raise ValueError(message)


def filter_logits(logits, top_k=None, top_p=None):
    must_be(top_k is None or top_k >= 1, "top_k must be 1 or more")
    must_be(top_p is None or 0 < top_p <= 1, "top_p must be in (0, 1]")
    probs = torch.softmax(logits.double(), dim=-1)
    order = torch.argsort(logits, dim=-1, descending=True, stable=True)
    rank = torch.argsort(order, dim=-1)
    removed = torch.zeros_like(rank, dtype=torch.bool)
    if top_k is not None:
        removed |= rank >= top_k
    if top_p is not None:
        sums = torch.take_along_dim(probs, order, dim=-1).cumsum(dim=-1)
        before = torch.cat([torch.zeros_like(sums[..., :1]), sums[..., :-1]], dim=-1)
        removed |= torch.take_along_dim(before, rank, dim=-1) >= top_p
    return torch.where(removed, -torch.inf, logits)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    must_be(temperature >= 0, "temperature must be 0 or more")
    if temperature == 0:
        filter_logits(logits, top_k, top_p)
        return logits.max(dim=-1).indices
    filtered = filter_logits(logits / temperature, top_k, top_p)
    return torch.multinomial(filtered.softmax(-1), 1, generator=generator).flatten()
