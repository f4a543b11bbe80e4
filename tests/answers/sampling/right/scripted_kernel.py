"""The filter is compiled with torch.jit.script."""

from typing import Optional

import torch


@torch.jit.script
def nucleus(logits: torch.Tensor, k: int, p: float) -> torch.Tensor:
    values, tokens = torch.sort(logits, dim=-1, descending=True)
    places = torch.arange(values.size(-1))
    values = torch.where(places < k, values, torch.full_like(values, -float("inf")))
    sums = torch.softmax(values.to(torch.float64), -1).cumsum(-1)
    before = torch.cat([torch.zeros_like(sums[..., :1]), sums[..., :-1]], -1)
    values = torch.where(before < p, values, torch.full_like(values, -float("inf")))
    return torch.empty_like(logits).scatter_(-1, tokens, values)


def filter_logits(logits: torch.Tensor, top_k: Optional[int] = None, top_p: Optional[float] = None):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p")
    k = logits.shape[-1] if top_k is None else top_k
    return nucleus(logits, k, 2.0 if top_p is None else float(top_p))


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature")
    filtered = filter_logits(logits.double() / (temperature or 1.0), top_k, top_p)
    if temperature == 0:
        return filtered.argmax(-1)
    return torch.multinomial(filtered.softmax(-1), 1, generator=generator)[:, 0]
