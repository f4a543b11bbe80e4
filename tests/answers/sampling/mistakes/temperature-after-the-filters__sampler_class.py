"""The sampler first filters, then divides by the temperature, then draws.

Lines: 43, 44
"""

import torch


class Sampler:
    def __init__(self, temperature, top_k, top_p, generator=None):
        if temperature < 0:
            raise ValueError("the temperature can't be negative")
        if top_k is not None and top_k < 1:
            raise ValueError("top_k can't be below 1")
        if top_p is not None and not 0 < top_p <= 1:
            raise ValueError("top_p can't be outside (0, 1]")
        self.temperature = temperature
        self.top_k = top_k
        self.top_p = top_p
        self.generator = generator

    def filter(self, logits):
        ids = logits.argsort(dim=-1, descending=True, stable=True)
        ranked = logits.gather(-1, ids)
        alive = torch.ones_like(ids, dtype=torch.bool)
        if self.top_k is not None:
            alive[..., self.top_k :] = False
        if self.top_p is not None:
            mass = ranked.masked_fill(~alive, -torch.inf).double().softmax(-1).cumsum(-1)
            alive[..., 1:] &= mass[..., :-1] < self.top_p
        alive = torch.zeros_like(alive).scatter(-1, ids, alive)
        return logits.masked_fill(~alive, -torch.inf)

    def temper(self, logits):
        return logits / self.temperature

    def draw(self, logits):
        return torch.multinomial(logits.softmax(-1), 1, generator=self.generator)[..., 0]

    def __call__(self, logits):
        if self.temperature == 0:
            return logits.argmax(-1)
        logits = self.filter(logits)
        logits = self.temper(logits)
        return self.draw(logits)


def filter_logits(logits, top_k=None, top_p=None):
    return Sampler(1.0, top_k, top_p).filter(logits)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    return Sampler(temperature, top_k, top_p, generator)(logits)
