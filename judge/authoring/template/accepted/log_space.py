"""Another one, by logarithms. Write as many as you can think of: each is a way in which a check could be unfair."""

import torch


def __NAME__(x, temperature=1.0):
    if temperature <= 0:
        raise ValueError("the temperature must be positive")
    x = x / temperature
    x = x - x.max(dim=1, keepdim=True).values
    return torch.exp(x - x.exp().sum(dim=1, keepdim=True).log())
