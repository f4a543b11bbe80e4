"""The function that draws has a generator of its own that defaults to None, and is called without one.

Lines: 48
"""

import torch
from torch import Tensor


def ensure_valid(top_k: int | None, top_p: float | None) -> None:
    if top_k is not None and top_k < 1:
        raise ValueError(f"expected top_k >= 1, got {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"expected 0 < top_p <= 1, got {top_p}")


def draw(probs: Tensor, generator: torch.Generator | None = None) -> Tensor:
    return torch.multinomial(probs, num_samples=1, generator=generator).squeeze(-1)


def filter_logits(logits: Tensor, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    ensure_valid(top_k, top_p)
    filtered = logits.clone()
    order = logits.argsort(dim=-1, descending=True, stable=True)
    if top_k is not None:
        filtered.scatter_(-1, order[..., top_k:], -torch.inf)
    if top_p is not None:
        sums = filtered.gather(-1, order).double().softmax(-1).cumsum(-1)
        enough = torch.zeros_like(sums, dtype=torch.bool)
        enough[..., 1:] = sums[..., :-1] >= top_p
        filtered.masked_fill_(enough.gather(-1, order.argsort(-1)), -torch.inf)
    return filtered


def sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    ensure_valid(top_k, top_p)
    if temperature < 0:
        raise ValueError(f"expected temperature >= 0, got {temperature}")
    if temperature == 0:
        return logits.argmax(dim=-1)
    filtered = filter_logits(logits / temperature, top_k, top_p)
    return draw(filtered.softmax(dim=-1))
