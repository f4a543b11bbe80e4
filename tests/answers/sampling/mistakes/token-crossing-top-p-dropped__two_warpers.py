"""One function for each filter; the one for top-p removes all above the line, but the first.

Lines: 18
"""

import torch
import torch.nn.functional as F


def warp_top_k(logits, k):
    kth = torch.topk(logits, min(k, logits.size(-1)), dim=-1).values[..., -1:]
    return logits.masked_fill(logits < kth, float("-inf"))


def warp_top_p(logits, p):
    sorted_logits, sorted_indices = torch.sort(logits, descending=True, dim=-1)
    cumulative_probs = F.softmax(sorted_logits.double(), dim=-1).cumsum(dim=-1)
    sorted_remove = cumulative_probs > p
    sorted_remove[..., 0] = False
    remove = sorted_remove.scatter(-1, sorted_indices, sorted_remove)
    return logits.masked_fill(remove, float("-inf"))


def validate(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("`top_k` has to be a positive integer")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("`top_p` has to be in (0, 1]")


def filter_logits(logits, top_k=None, top_p=None):
    validate(top_k, top_p)
    if top_k is not None:
        logits = warp_top_k(logits, top_k)
    if top_p is not None:
        logits = warp_top_p(logits, top_p)
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    validate(top_k, top_p)
    if temperature < 0:
        raise ValueError("`temperature` has to be non-negative")
    if temperature == 0:
        return logits.argmax(dim=-1)
    probs = F.softmax(filter_logits(logits / temperature, top_k, top_p), dim=-1)
    return torch.multinomial(probs, num_samples=1, generator=generator).squeeze(1)
