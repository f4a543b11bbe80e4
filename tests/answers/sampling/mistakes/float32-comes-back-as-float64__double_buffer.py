"""The tensor that the kept logits are written into is made as torch.double.

Lines: 29, 30
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def _validate(top_k: int | None, top_p: float | None) -> None:
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be >= 1")
    if top_p is not None and not (0.0 < top_p <= 1.0):
        raise ValueError("top_p must be > 0 and <= 1")


def filter_logits(logits: Tensor, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    _validate(top_k, top_p)
    keep = torch.ones_like(logits, dtype=torch.bool)
    order = torch.argsort(logits, dim=-1, descending=True)
    if top_k is not None:
        keep.scatter_(-1, order[..., top_k:], False)
    if top_p is not None:
        ranked = logits.masked_fill(~keep, float("-inf")).gather(-1, order)
        cumulative = F.softmax(ranked.double(), dim=-1).cumsum(dim=-1)
        late = F.pad(cumulative[..., :-1] >= top_p, (1, 0))
        keep &= ~torch.zeros_like(late).scatter_(-1, order, late)
    result = torch.full(logits.shape, float("-inf"), dtype=torch.double)
    result[keep] = logits[keep].double()
    return result


def sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    _validate(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature must be >= 0")
    if temperature == 0:
        return logits.argmax(dim=-1)
    probs = F.softmax(filter_logits(logits / temperature, top_k, top_p), dim=-1)
    return torch.multinomial(probs, num_samples=1, generator=generator).squeeze(-1)
