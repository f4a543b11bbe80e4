"""Token by token the total is raised, and the loop stops before it takes in the one that goes above top_p.

Lines: 16
"""

import torch


def nucleus_of(probs, top_p):
    """How many of the sorted probabilities belong to the nucleus."""
    total = 0.0
    count = 0
    for p in probs:
        total += p
        if total > top_p:
            break
        count += 1
    return count


def filter_row(row, top_k, top_p):
    ids = torch.argsort(row, descending=True, stable=True)
    if top_k is not None:
        ids = ids[:top_k]
    if top_p is not None:
        probs = torch.softmax(row[ids].double(), dim=0).tolist()
        ids = ids[: nucleus_of(probs, top_p)]
    out = torch.full_like(row, float("-inf"))
    out[ids] = row[ids]
    return out


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k < 1")
    if top_p is not None and not (0 < top_p <= 1):
        raise ValueError("top_p has to be above 0 and at most 1")
    if logits.dim() == 1:
        return filter_row(logits, top_k, top_p)
    return torch.stack([filter_logits(part, top_k, top_p) for part in logits])


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature < 0")
    if temperature == 0:
        filter_logits(logits, top_k, top_p)  # for its checks
        return logits.argmax(dim=-1)
    probs = filter_logits(logits / temperature, top_k, top_p).softmax(dim=-1)
    return torch.multinomial(probs, 1, generator=generator).squeeze(-1)
