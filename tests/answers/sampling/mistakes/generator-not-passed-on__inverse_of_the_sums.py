"""A uniform number is looked up among the running sums, and torch.rand is called without the generator.

Lines: 38
"""

import torch


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k out of range")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p out of range")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    ids = torch.argsort(logits, dim=-1, descending=True, stable=True)
    ranked = torch.gather(logits, -1, ids)
    if top_k is not None:
        ranked = ranked.masked_fill(torch.arange(ranked.size(-1)) >= top_k, -torch.inf)
    if top_p is not None:
        probs = torch.softmax(ranked.double(), dim=-1)
        mass = torch.cumsum(probs, dim=-1)
        size = (mass < top_p).sum(-1, keepdim=True) + 1
        ranked = ranked.masked_fill(torch.arange(ranked.size(-1)) >= size, -torch.inf)
    return torch.gather(ranked, -1, torch.argsort(ids, dim=-1))


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature out of range")
    if temperature == 0:
        return logits.argmax(dim=-1)
    ranked, ids = filter_logits(logits / temperature, top_k, top_p).sort(dim=-1, descending=True)
    sums = ranked.double().softmax(dim=-1).cumsum(dim=-1)
    u = torch.rand(len(logits), 1, dtype=torch.float64) * sums[:, -1:]
    place = torch.searchsorted(sums, u, right=True)
    return ids.gather(-1, place).squeeze(-1)
