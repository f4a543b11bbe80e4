"""Both filters write filter_value where a token goes, and filter_value is -1e9.

Lines: 13, 23, 10
"""

import torch
import torch.nn.functional as F


def keep_top_k(logits, k, filter_value=-1e9):
    _, best = torch.topk(logits, min(k, logits.size(-1)), dim=-1)
    keep = torch.zeros_like(logits, dtype=torch.bool).scatter_(-1, best, True)
    return logits.masked_fill(~keep, filter_value)


def keep_top_p(logits, p, filter_value=-1e9):
    sorted_logits, indices = torch.sort(logits, dim=-1, descending=True)
    probs = F.softmax(sorted_logits.double(), dim=-1)
    cumulative = torch.cumsum(probs, dim=-1)
    drop = torch.zeros_like(cumulative, dtype=torch.bool)
    drop[..., 1:] = cumulative[..., :-1] >= p
    drop = torch.zeros_like(drop).scatter_(-1, indices, drop)
    return logits.masked_fill(drop, filter_value)


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1:
        raise ValueError("`top_k` must be >= 1")
    if top_p is not None and (top_p <= 0.0 or top_p > 1.0):
        raise ValueError("`top_p` must be > 0 and <= 1")
    if top_k is not None:
        logits = keep_top_k(logits, top_k)
    if top_p is not None:
        logits = keep_top_p(logits, top_p)
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("`temperature` must be >= 0")
    if temperature == 0:
        filter_logits(logits, top_k, top_p)
        return torch.argmax(logits, dim=-1)
    logits = filter_logits(logits / temperature, top_k, top_p)
    return torch.multinomial(F.softmax(logits, dim=-1), num_samples=1, generator=generator).squeeze(-1)
