"""The winner of a race of exponentials is found with keepdim=True.

Lines: 37
"""

import torch
from torch import Tensor


def validated(top_k: int | None, top_p: float | None) -> None:
    if top_k is not None and top_k <= 0:
        raise ValueError("top_k must be positive")
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError("top_p must be in the interval (0, 1]")


def filter_logits(logits: Tensor, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    validated(top_k, top_p)
    order = logits.argsort(-1, descending=True)
    limit = logits.size(-1) if top_k is None else min(top_k, logits.size(-1))
    best = order[..., :limit]
    values = logits.gather(-1, best)
    if top_p is not None:
        sums = values.double().softmax(-1).cumsum(-1)
        values[..., 1:] = values[..., 1:].where(sums[..., :-1] < top_p, -torch.inf)
    return torch.full_like(logits, -torch.inf).scatter(-1, best, values)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    validated(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature must not be below zero")
    if temperature == 0:
        return logits.argmax(-1)
    probs = filter_logits(logits / temperature, top_k, top_p).double().softmax(-1)
    arrival = torch.empty_like(probs).exponential_(generator=generator)
    return (probs / arrival).argmax(dim=-1, keepdim=True)
