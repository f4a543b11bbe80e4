"""A ranking instead of a sort back: a token stays while fewer than k, and less than p, stand before it."""

from __future__ import annotations

import math

import torch


class Filter:
    def __init__(self, top_k: int | None, top_p: float | None) -> None:
        if top_k is not None and top_k < 1:
            raise ValueError(f"top_k is {top_k}, but at least one token has to stay")
        if top_p is not None and not 0.0 < top_p <= 1.0:
            raise ValueError(f"top_p is {top_p}, which is not in (0, 1]")
        self.top_k = top_k
        self.top_p = top_p

    def __call__(self, logits: torch.Tensor) -> torch.Tensor:
        order = logits.argsort(dim=-1, descending=True)
        rank = order.argsort(dim=-1)
        if self.top_k is not None:
            logits = logits.where(rank < self.top_k, torch.full_like(logits, -math.inf))
        if self.top_p is not None:
            ranked = logits.gather(-1, order).to(torch.float64).softmax(dim=-1)
            before = torch.zeros_like(ranked)
            before[..., 1:] = ranked.cumsum(dim=-1)[..., :-1]
            logits = logits.where(before.gather(-1, rank) < self.top_p, torch.full_like(logits, -math.inf))
        return logits


def filter_logits(logits, top_k=None, top_p=None):
    return Filter(top_k, top_p)(logits)


@torch.no_grad()
def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    keep = Filter(top_k, top_p)
    if temperature < 0.0:
        raise ValueError(f"temperature is {temperature}")
    if temperature == 0.0:
        return logits.argmax(dim=1)
    wide = logits.double()
    weights = keep((wide - wide.max(dim=1, keepdim=True)[0]).div(temperature)).softmax(dim=1)
    arrival = torch.empty_like(weights).exponential_(generator=generator)
    return weights.div(arrival).argmax(dim=1)
