"""A list of the filters that are on is made by truth value, and only what is in it gets checked and applied."""

import torch


class TopK:
    def __init__(self, k):
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        self.k = k

    def __call__(self, logits):
        kth = logits.topk(min(self.k, logits.shape[-1])).values[..., -1:]
        return logits.where(logits >= kth, -torch.inf)


class TopP:
    def __init__(self, p):
        if not 0 < p <= 1:
            raise ValueError(f"p must be in (0, 1], not {p}")
        self.p = p

    def __call__(self, logits):
        ranked, order = logits.sort(descending=True)
        mass = ranked.double().softmax(-1).cumsum(-1)
        size = (mass < self.p).sum(-1, keepdim=True)
        rank = order.argsort(-1)
        return logits.where(rank <= size, -torch.inf)


def filters(top_k, top_p):
    chosen = []
    if top_k is not None:
        chosen.append(TopK(top_k))
    if top_p:
        chosen.append(TopP(top_p))
    return chosen


def filter_logits(logits, top_k=None, top_p=None):
    for each in filters(top_k, top_p):
        logits = each(logits)
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    chosen = filters(top_k, top_p)
    if temperature < 0:
        raise ValueError(f"temperature must not be negative, as {temperature} is")
    if temperature == 0:
        return logits.argmax(-1)
    logits = logits / temperature
    for each in chosen:
        logits = each(logits)
    return logits.softmax(-1).multinomial(1, generator=generator).squeeze(-1)
