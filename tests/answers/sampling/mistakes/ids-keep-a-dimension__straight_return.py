"""The result of multinomial goes straight out.

Lines: 44
"""

import torch
from torch import Tensor


def _checked(top_k: int | None, top_p: float | None) -> None:
    if not (top_k is None or top_k >= 1):
        raise ValueError(top_k)
    if not (top_p is None or 0 < top_p <= 1):
        raise ValueError(top_p)


def filter_logits(logits: Tensor, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    _checked(top_k, top_p)
    values, tokens = logits.sort(dim=-1, descending=True, stable=True)
    count = torch.full(logits.shape[:-1], logits.shape[-1])
    if top_k is not None:
        count = count.clamp(max=top_k)
        values = values.masked_fill(torch.arange(values.shape[-1]) >= top_k, -torch.inf)
    if top_p is not None:
        needed = (values.double().softmax(-1).cumsum(-1) < top_p).sum(-1) + 1
        count = torch.minimum(count, needed)
    rank = tokens.argsort(-1)
    return torch.where(rank < count[..., None], logits, -torch.inf)


def sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    _checked(top_k, top_p)
    if temperature < 0:
        raise ValueError(temperature)
    if temperature == 0:
        return logits.argmax(dim=-1)
    filtered = filter_logits(logits / temperature, top_k, top_p)
    return torch.multinomial(filtered.softmax(-1), 1, generator=generator)
