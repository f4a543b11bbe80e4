"""Three branches for three kinds of temperature, and the checks are in one of them."""

import torch


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is {top_k}, it must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p}, it must be in (0, 1]")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    order = logits.argsort(dim=-1, descending=True, stable=True)
    rank = order.argsort(dim=-1)
    count = torch.full_like(rank[..., :1], logits.shape[-1])
    if top_k is not None:
        count = count.clamp(max=top_k)
    if top_p is not None:
        left = torch.where(rank < count, logits, -torch.inf).double().softmax(dim=-1)
        sums = left.gather(-1, order).cumsum(dim=-1)
        count = torch.minimum(count, (sums < top_p).sum(dim=-1, keepdim=True) + 1)
    return torch.where(rank < count, logits, -torch.inf)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature > 0:
        check(top_k, top_p)
        probs = filter_logits(logits / temperature, top_k, top_p).softmax(dim=-1)
        tokens = torch.multinomial(probs, 1, generator=generator)[:, 0]
    elif temperature == 0:
        tokens = logits.argmax(dim=-1)
    else:
        raise ValueError(f"temperature is {temperature}, it must not be negative")
    return tokens
