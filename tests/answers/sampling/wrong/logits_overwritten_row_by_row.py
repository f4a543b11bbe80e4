"""Each row is a view of the caller's logits, and what goes is set to minus infinity in it.

Verdict: wrong_answer
Lines: 29
"""

import torch


def validate(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must not be less than 1")
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError("top_p must be more than 0 and not more than 1")


def nucleus_size(sorted_row, top_p):
    sums = torch.cumsum(torch.softmax(sorted_row.double(), dim=0), dim=0)
    return int((sums < top_p).sum()) + 1


def filter_row(row, top_k, top_p):
    ranked, tokens = torch.sort(row, descending=True)
    size = len(row)
    if top_k is not None:
        size = min(size, top_k)
    if top_p is not None:
        size = min(size, nucleus_size(ranked[:size], top_p))
    row[tokens[size:]] = float("-inf")


def filter_logits(logits, top_k=None, top_p=None):
    validate(top_k, top_p)
    if logits.dim() == 1:
        filter_row(logits, top_k, top_p)
    else:
        for part in logits:
            filter_logits(part, top_k, top_p)
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    validate(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature must not be less than 0")
    if temperature == 0:
        return logits.argmax(dim=-1)
    scaled = logits / temperature
    filtered = filter_logits(scaled, top_k, top_p)
    return torch.multinomial(filtered.softmax(dim=-1), 1, generator=generator).squeeze(-1)
