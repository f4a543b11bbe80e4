"""A right answer in another style, with one row at a time: the checks must not mind."""

import torch


def __NAME__(x, temperature=1.0):
    if not temperature > 0:
        raise ValueError("the temperature must be positive")
    rows = []
    for row in x.unbind(0):
        row = row / temperature
        e = torch.exp(row - row.max().detach())
        rows.append(e / e.sum())
    return torch.stack(rows)
