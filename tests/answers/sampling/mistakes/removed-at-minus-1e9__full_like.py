"""A large negative number stands for minus infinity.

Lines: 8, 28
"""

import torch

VERY_UNLIKELY = -1e9


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    values, tokens = logits.sort(dim=-1, descending=True, stable=True)
    rank = tokens.argsort(dim=-1)
    if top_k is not None:
        values = values.masked_fill(torch.arange(values.size(-1)) >= top_k, VERY_UNLIKELY)
    size = torch.full_like(rank[..., :1], logits.size(-1) if top_k is None else top_k)
    if top_p is not None:
        sums = values.double().softmax(-1).cumsum(-1)
        size = torch.minimum(size, (sums < top_p).sum(-1, keepdim=True) + 1)
    return torch.where(rank < size, logits, torch.full_like(logits, VERY_UNLIKELY))


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature")
    if temperature == 0:
        return logits.argmax(dim=-1)
    probs = filter_logits(logits / temperature, top_k, top_p).softmax(dim=-1)
    return torch.multinomial(probs, 1, generator=generator).squeeze(-1)
