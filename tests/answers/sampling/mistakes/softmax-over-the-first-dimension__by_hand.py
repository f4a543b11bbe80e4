"""A softmax by hand takes its maximum and its sum over dimension 0.

Lines: 13, 12
"""

import torch
from torch import Tensor


def probabilities(scores: Tensor) -> Tensor:
    scores = scores.to(torch.float64)
    e = torch.exp(scores - scores.amax(dim=0, keepdim=True))
    return e / e.sum(dim=0, keepdim=True)


def filter_logits(logits: Tensor, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is {top_k}, and has to be 1 at least")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p}, and has to be in (0, 1]")
    size = logits.shape[-1]
    order = logits.argsort(dim=-1, descending=True, stable=True)
    rank = torch.empty_like(order).scatter_(-1, order, torch.arange(size).expand_as(order))
    kept = rank < (size if top_k is None else top_k)
    if top_p is not None:
        candidates = logits.where(kept, -torch.inf).gather(-1, order)
        sums = probabilities(candidates).cumsum(-1).roll(1, -1)
        sums[..., 0] = 0
        kept = kept & (sums < top_p).gather(-1, rank)
    return logits.where(kept, -torch.inf)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError(f"temperature is {temperature}, and must not be negative")
    greedy = temperature == 0
    filtered = filter_logits(logits if greedy else logits / temperature, top_k, top_p)
    if greedy:
        return logits.argmax(dim=-1)
    return torch.multinomial(filtered.softmax(dim=-1), 1, generator=generator)[..., 0]
