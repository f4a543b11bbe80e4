"""The number of tokens that stay is right, and so many are taken from the front of the vocabulary.

Lines: 34, 33
"""

import torch
from torch import Tensor


class Settings:
    def __init__(self, top_k: int | None, top_p: float | None) -> None:
        if top_k is not None and top_k < 1:
            raise ValueError("top_k must be at least 1")
        if top_p is not None and not 0 < top_p <= 1:
            raise ValueError("top_p must be in (0, 1]")
        self.top_k = top_k
        self.top_p = top_p

    def count(self, ranked: Tensor) -> Tensor:
        """How many tokens of each row stay, [..., 1]."""
        V = ranked.shape[-1]
        k = V if self.top_k is None else min(self.top_k, V)
        count = torch.full_like(ranked[..., :1], k, dtype=torch.long)
        if self.top_p is not None:
            mass = ranked[..., :k].double().softmax(dim=-1).cumsum(dim=-1)
            count = torch.minimum(count, 1 + (mass < self.top_p).sum(dim=-1, keepdim=True))
        return count


def filter_logits(logits, top_k=None, top_p=None):
    settings = Settings(top_k, top_p)
    ranked = torch.sort(logits, dim=-1, descending=True).values
    keep = torch.arange(logits.shape[-1]) < settings.count(ranked)
    return logits.masked_fill(~keep, -torch.inf)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    Settings(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature must not be negative")
    if temperature == 0:
        return torch.argmax(logits, dim=-1)
    filtered = filter_logits(logits / temperature, top_k, top_p)
    return torch.multinomial(torch.softmax(filtered, dim=-1), 1, generator=generator).squeeze(-1)
