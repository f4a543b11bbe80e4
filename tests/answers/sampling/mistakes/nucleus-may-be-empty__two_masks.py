"""Removes all tokens at which the running sum is above top_p, the first one too.

Lines: 26
"""

import torch

GONE = float("-inf")


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError(f"{top_k=}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"{top_p=}")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    result = logits.clone()
    order = logits.argsort(dim=-1, descending=True, stable=True)
    if top_k is not None:
        result.scatter_(-1, order[..., top_k:], GONE)
    if top_p is not None:
        sums = result.gather(-1, order).double().softmax(-1).cumsum(-1)
        too_far = torch.zeros_like(result, dtype=torch.bool).scatter(-1, order, sums > top_p)
        result[too_far] = GONE
    return result


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError(f"{temperature=}")
    if temperature == 0:
        return logits.argmax(-1)
    weights = filter_logits(logits / temperature, top_k, top_p).softmax(-1)
    return weights.multinomial(1, generator=generator).flatten()
