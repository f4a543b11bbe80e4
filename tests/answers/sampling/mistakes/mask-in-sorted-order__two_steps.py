"""Both masks are found on the sorted logits and laid over the unsorted ones.

Lines: 26
"""

import torch
from torch.nn import functional as F


def require(condition, words):
    if not condition:
        raise ValueError(words)


def filter_logits(logits, top_k=None, top_p=None):
    require(top_k is None or top_k >= 1, "top_k is at least 1")
    require(top_p is None or 0 < top_p <= 1, "top_p is in (0, 1]")
    ranked = torch.sort(logits, dim=-1, descending=True).values
    drop = torch.zeros(logits.shape, dtype=torch.bool)
    if top_k is not None:
        drop = drop | (torch.arange(logits.shape[-1]) >= top_k)
        ranked = torch.where(drop, -torch.inf, ranked)
    if top_p is not None:
        cumulative = torch.cumsum(F.softmax(ranked.double(), dim=-1), dim=-1)
        drop = drop | F.pad(cumulative[..., :-1] >= top_p, (1, 0), value=False)
    return torch.where(drop, -torch.inf, logits)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    require(temperature >= 0, "temperature is not negative")
    greedy = temperature == 0
    scaled = logits if greedy else logits / temperature
    filtered = filter_logits(scaled, top_k, top_p)
    if greedy:
        return logits.argmax(dim=-1)
    return torch.multinomial(F.softmax(filtered, dim=-1), 1, generator=generator)[..., 0]
