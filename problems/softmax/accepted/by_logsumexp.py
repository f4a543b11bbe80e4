"""logsumexp first; the other two are one line each."""

import math

import torch
from torch import Tensor


def logsumexp(x: Tensor, axis: int = -1) -> Tensor:
    if not (-x.dim() <= axis <= x.dim() - 1):
        raise ValueError("no such axis")
    rows = x.movedim(axis, -1)
    top = rows.detach().max(-1)[0]
    alive = top > -math.inf
    result = torch.full_like(top, -math.inf)
    kept = rows[alive]
    shift = top[alive]
    return result.masked_scatter(alive, (kept - shift[..., None]).exp().sum(-1).log() + shift)


def log_softmax(x: Tensor, axis: int = -1) -> Tensor:
    lse = logsumexp(x, axis).unsqueeze(axis)
    return x - lse.masked_fill(lse == -math.inf, 0.0)


def softmax(x: Tensor, axis: int = -1) -> Tensor:
    return log_softmax(x, axis).exp()
