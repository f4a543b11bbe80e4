"""A top_p of 0 is let through, the generator is not used, and a top_k above V fails in topk.

Verdict: runtime_error | wrong_answer
Lines: 17, 25, 51
Mistakes: 3
"""

import torch
from torch import Tensor

MINUS_INF = float("-inf")


def validate(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is {top_k}")
    if top_p is not None and (top_p < 0 or top_p > 1):
        raise ValueError(f"top_p is {top_p}")


def filter_logits(logits: Tensor, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    validate(top_k, top_p)
    out = logits.clone()
    if top_k is not None:
        values, places = torch.topk(out, top_k, dim=-1)
        out = torch.full_like(out, MINUS_INF).scatter(-1, places, values)
    if top_p is not None:
        values, places = torch.sort(out, dim=-1, descending=True)
        cumulative = values.double().softmax(-1).cumsum(-1)
        before = torch.cat([torch.zeros_like(cumulative[..., :1]), cumulative[..., :-1]], dim=-1)
        values = torch.where(before < top_p, values, MINUS_INF)
        values[..., 0] = out.max(dim=-1).values
        out = torch.full_like(out, MINUS_INF).scatter(-1, places, values)
    return out


def sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    validate(top_k, top_p)
    if temperature < 0:
        raise ValueError(f"temperature is {temperature}")
    if temperature == 0:
        return torch.argmax(logits, dim=-1)
    centred = logits.double() - logits.double().amax(dim=-1, keepdim=True)
    kept = filter_logits(centred / temperature, top_k, top_p)
    noise = torch.empty_like(kept).exponential_()
    return (kept.softmax(dim=-1) / noise).argmax(dim=-1)
