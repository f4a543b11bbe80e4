"""F.softmax is called with 0 as its dimension.

Lines: 15
"""

import torch
import torch.nn.functional as F


def top_k_mask(ranked, k):
    return torch.arange(ranked.shape[-1]).expand_as(ranked) < k


def top_p_mask(ranked, p):
    probs = F.softmax(ranked.double(), 0)
    sums = torch.cumsum(probs, -1)
    before = torch.zeros_like(sums)
    before[..., 1:] = sums[..., :-1]
    return before < p


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k < 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("not 0 < top_p <= 1")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    ranked, tokens = torch.sort(logits, -1, descending=True)
    keep = torch.ones_like(tokens, dtype=torch.bool)
    if top_k is not None:
        keep = keep & top_k_mask(ranked, top_k)
    if top_p is not None:
        keep = keep & top_p_mask(torch.where(keep, ranked, -torch.inf), top_p)
    keep = torch.empty_like(keep).scatter_(-1, tokens, keep)
    return torch.where(keep, logits, -torch.inf)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature < 0")
    if temperature == 0:
        return logits.argmax(-1)
    probs = F.softmax(filter_logits(logits / temperature, top_k, top_p), -1)
    return torch.multinomial(probs, 1, generator=generator).squeeze(-1)
