"""A numpy generator is made from the generator's seed, which no call moves on.

Verdict: wrong_answer
Lines: 51, 52
"""

import math

import numpy as np
import torch
from torch import Tensor


def check(top_k: int | None, top_p: float | None, temperature: float = 1.0) -> None:
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is {top_k}")
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError(f"top_p is {top_p}")
    if temperature < 0:
        raise ValueError(f"temperature is {temperature}")


def filter_logits(logits: Tensor, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    check(top_k, top_p)
    order = logits.argsort(dim=-1, descending=True)
    rank = order.argsort(dim=-1)
    keep = torch.ones_like(logits, dtype=torch.bool)
    if top_k is not None:
        keep &= rank < top_k
    if top_p is not None:
        ranked = logits.masked_fill(~keep, -math.inf).gather(-1, order)
        mass = ranked.double().softmax(-1).cumsum(-1)
        size = (mass < top_p).sum(-1, keepdim=True) + 1
        keep &= rank < size
    return logits.masked_fill(~keep, -math.inf)


def sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    check(top_k, top_p, temperature)
    if temperature == 0:
        return logits.argmax(dim=-1)
    filtered = filter_logits(logits.double() / temperature, top_k, top_p)
    cdf = filtered.softmax(-1).cumsum(-1)
    cdf = cdf / cdf[:, -1:]
    seed = torch.initial_seed() if generator is None else generator.initial_seed()
    uniform = torch.from_numpy(np.random.default_rng(seed).random((logits.shape[0], 1)))
    return torch.searchsorted(cdf, uniform, right=True).squeeze(-1)
