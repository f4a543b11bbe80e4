"""Each row by itself: the number of tokens is the smaller of k and the size of the whole distribution's nucleus.

Lines: 13
"""

import torch


def keep_of(row, top_k, top_p):
    tokens = row.argsort(descending=True, stable=True)
    count = len(row)
    if top_p is not None:
        mass = row[tokens].double().softmax(0).cumsum(0)
        count = min(count, int((mass < top_p).sum()) + 1)
    if top_k is not None:
        count = min(count, top_k)
    return tokens[:count]


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be 1 or more")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must lie in (0, 1]")
    rows = logits.reshape(-1, logits.shape[-1])
    out = torch.full(rows.shape, -torch.inf, dtype=logits.dtype)
    for number, row in enumerate(rows):
        kept = keep_of(row, top_k, top_p)
        out[number, kept] = row[kept]
    return out.view(logits.shape)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature must be 0 or more")
    if temperature == 0:
        filter_logits(logits, top_k, top_p)
        return logits.argmax(-1)
    distinct, which = (logits / temperature).unique(dim=0, return_inverse=True)
    filtered = filter_logits(distinct, top_k, top_p)[which]
    return torch.multinomial(filtered.softmax(-1), 1, generator=generator).squeeze(-1)
