"""The size of the nucleus is the number of sums up to top_p, which may be none.

Lines: 26
"""

import torch


def check_arguments(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k = {top_k} is below 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p = {top_p} is not in (0, 1]")


def filter_logits(logits, top_k=None, top_p=None):
    check_arguments(top_k, top_p)
    vocab = logits.shape[-1]
    values, ids = logits.sort(dim=-1, descending=True, stable=True)
    place = torch.arange(vocab, device=logits.device)
    if top_k is not None:
        values = values.masked_fill(place >= top_k, -torch.inf)
    if top_p is not None:
        sums = values.double().softmax(dim=-1).cumsum(dim=-1)
        line = torch.full_like(sums[..., :1], top_p)
        size = torch.searchsorted(sums, line, right=True)
        values = values.masked_fill(place >= size, -torch.inf)
    return torch.empty_like(values).scatter_(-1, ids, values)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check_arguments(top_k, top_p)
    if temperature < 0:
        raise ValueError(f"temperature = {temperature} is negative")
    if temperature == 0:
        return logits.argmax(dim=-1)
    filtered = filter_logits(logits / temperature, top_k, top_p)
    return torch.multinomial(filtered.softmax(dim=-1), 1, generator=generator)[:, 0]
