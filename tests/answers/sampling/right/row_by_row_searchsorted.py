import torch
from torch import Tensor

MINUS_INFINITY = float("-inf")


class Sampler:
    """One row at a time."""

    def __init__(self, top_k=None, top_p=None):
        if top_k is not None and top_k < 1:
            raise ValueError("k")
        if top_p is not None and not 0 < top_p <= 1:
            raise ValueError("p")
        self.k = top_k
        self.p = top_p

    def kept(self, row: Tensor) -> Tensor:
        tokens = torch.argsort(row, descending=True)[: self.k]
        if self.p is None:
            return tokens
        mass = row[tokens].double().softmax(0).cumsum(0)
        count = int(torch.searchsorted(mass, torch.tensor(self.p, dtype=torch.float64))) + 1
        return tokens[:count]

    def draw(self, row: Tensor, uniform: Tensor) -> Tensor:
        tokens = self.kept(row)
        mass = row[tokens].softmax(0).cumsum(0)
        place = int(torch.searchsorted(mass, uniform * mass[-1], right=True))
        return tokens[min(place, len(tokens) - 1)]


def filter_logits(logits, top_k=None, top_p=None):
    sampler = Sampler(top_k, top_p)
    out = torch.empty_like(logits, memory_format=torch.contiguous_format).fill_(MINUS_INFINITY)
    width = logits.shape[-1]
    for source, target in zip(logits.reshape(-1, width), out.view(-1, width), strict=True):
        kept = sampler.kept(source)
        target[kept] = source[kept]
    return out


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    sampler = Sampler(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature")
    if temperature == 0:
        return logits.argmax(1)
    rows = logits.double()
    rows = (rows - rows.amax(1, keepdim=True)) / temperature
    uniforms = torch.rand(len(rows), generator=generator, dtype=torch.float64)
    return torch.stack([sampler.draw(row, uniform) for row, uniform in zip(rows, uniforms, strict=True)])
