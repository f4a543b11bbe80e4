"""The place of top_p among the sums is looked up from the right, behind a sum that equals it.

Lines: 27
"""

import torch
import torch.nn.functional as F


def check(top_k, top_p):
    for wrong, words in (
        (top_k is not None and top_k < 1, "top_k must be at least 1"),
        (top_p is not None and not 0 < top_p <= 1, "top_p must lie in (0, 1]"),
    ):
        if wrong:
            raise ValueError(words)


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    scores, tokens = torch.sort(logits, dim=-1, descending=True, stable=True)
    if top_k is not None:
        scores[..., top_k:] = -torch.inf
    if top_p is not None:
        mass = F.softmax(scores.double(), dim=-1).cumsum(dim=-1)
        target = torch.full((*mass.shape[:-1], 1), top_p, dtype=mass.dtype)
        crossing = torch.searchsorted(mass, target, side="right")
        scores[torch.arange(mass.shape[-1]) > crossing] = -torch.inf
    return torch.empty_like(scores).scatter_(-1, tokens, scores)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature must be at least 0")
    if temperature == 0:
        return torch.argmax(logits, dim=-1)
    probs = F.softmax(filter_logits(logits / temperature, top_k, top_p), dim=-1)
    return torch.multinomial(probs, 1, generator=generator).view(-1)
