"""Counts the tokens whose running sum is within top_p, at least one, without the one that crosses.

Lines: 26
"""

import torch
import torch.nn.functional as F


def _validate(k, p):
    if k is not None and k < 1:
        raise ValueError("top_k")
    if p is not None and not 0.0 < p <= 1.0:
        raise ValueError("top_p")


def filter_logits(logits, top_k=None, top_p=None):
    _validate(top_k, top_p)
    V = logits.shape[-1]
    values, tokens = torch.sort(logits, dim=-1, descending=True, stable=True)
    place = torch.arange(V).expand_as(values)
    if top_k is not None:
        values = torch.where(place < top_k, values, -torch.inf)
    if top_p is not None:
        running = F.softmax(values.double(), dim=-1).cumsum(-1)
        count = (running <= top_p).sum(-1, keepdim=True).clamp(min=1)
        values = torch.where(place < count, values, -torch.inf)
    return torch.empty_like(values).scatter_(-1, tokens, values)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    _validate(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature")
    if temperature == 0:
        return logits.max(dim=-1).indices
    kept = filter_logits(logits / temperature, top_k, top_p)
    return torch.multinomial(F.softmax(kept, dim=-1), 1, generator=generator).squeeze(1)
