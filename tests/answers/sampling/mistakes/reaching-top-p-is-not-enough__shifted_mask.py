"""The mask of all sums above top_p, shifted by one: a sum of exactly top_p takes in one more.

Lines: 26
"""

import torch
import torch.nn.functional as F


def _check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k has to be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p has to be in (0, 1]")


def filter_logits(logits, top_k=None, top_p=None):
    _check(top_k, top_p)
    scores, idx = torch.sort(logits, dim=-1, descending=True, stable=True)
    remove = torch.zeros_like(idx, dtype=torch.bool)
    if top_k is not None:
        remove[..., top_k:] = True
        scores = scores.masked_fill(remove, float("-inf"))
    if top_p is not None:
        cumulative = F.softmax(scores.double(), dim=-1).cumsum(dim=-1)
        above = cumulative > top_p
        above[..., 1:] = above[..., :-1].clone()
        above[..., 0] = False
        remove |= above
    back = remove.gather(-1, idx.argsort(dim=-1))
    return torch.where(back, torch.full_like(logits, float("-inf")), logits)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    _check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature has to be at least 0")
    if temperature == 0:
        return torch.argmax(logits, -1)
    p = F.softmax(filter_logits(logits / temperature, top_k, top_p), dim=-1)
    return torch.multinomial(p, 1, generator=generator).squeeze(-1)
