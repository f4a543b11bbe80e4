"""Each filter becomes a threshold on the logits, so that all tokens equal to the last one kept stay with it."""

import torch
from torch import Tensor


def check(top_k: int | None, top_p: float | None) -> None:
    if top_k is not None and not top_k >= 1:
        raise ValueError(f"{top_k=}")
    if top_p is not None and not 0.0 < top_p <= 1.0:
        raise ValueError(f"{top_p=}")


def filter_logits(logits: Tensor, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    check(top_k, top_p)
    vocabulary = logits.shape[-1]
    if top_k is not None and top_k < vocabulary:
        kth_largest = logits.kthvalue(vocabulary - top_k + 1, dim=-1, keepdim=True).values
        logits = torch.where(logits >= kth_largest, logits, -torch.inf)
    if top_p is not None:
        ranked = logits.sort(dim=-1, descending=True).values
        reached = ranked.double().softmax(-1).cumsum(-1)
        short = (reached < top_p).sum(dim=-1, keepdim=True).clamp(max=vocabulary - 1)
        logits = torch.where(logits >= ranked.gather(-1, short), logits, -torch.inf)
    return logits


def sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError(f"{temperature=}")
    if temperature == 0:
        return logits.max(dim=-1).indices
    filtered = filter_logits(logits.double() / temperature, top_k, top_p)
    uniform = torch.rand(filtered.shape, generator=generator, dtype=torch.float64).clamp_min(1e-300)
    gumbel = -torch.log(-torch.log(uniform))
    return (filtered + gumbel).argmax(dim=-1)
