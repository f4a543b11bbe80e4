"""Both filters and the draw in Python numbers, a row at a time: an answer by other means, with which the reference is compared."""

import math
from bisect import bisect_right
from itertools import accumulate

import torch


def check(top_k, top_p):
    """What has no meaning is refused."""
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be in (0, 1]")


def kept(row, top_k, top_p):
    """The tokens of a row that stay, most likely first."""
    order = sorted(range(len(row)), key=row.__getitem__, reverse=True)[:top_k]
    if top_p is None:
        return order
    weights = [math.exp(row[token] - row[order[0]]) for token in order]
    total = math.fsum(weights)
    enough = (n for n in range(1, len(order)) if math.fsum(weights[:n]) / total >= top_p)
    return order[: next(enough, len(order))]


def filter_logits(logits, top_k=None, top_p=None):
    """Rows of minus infinity into which what stays is written."""
    check(top_k, top_p)
    result = torch.full(logits.shape, -math.inf, dtype=logits.dtype)
    rows, width = result.view(-1, logits.shape[-1]), logits.shape[-1]
    for into, row in zip(rows, logits.reshape(-1, width).tolist(), strict=True):
        for token in kept(row, top_k, top_p):
            into[token] = row[token]
    return result


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    """A uniform number a row, looked up in the running sums."""
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature must be at least 0")
    rows = logits.tolist()
    if temperature == 0:
        return torch.tensor([row.index(max(row)) for row in rows])
    drawn = []
    for row, uniform in zip(
        rows, torch.rand(len(rows), generator=generator, dtype=torch.float64).tolist(), strict=True
    ):
        scaled = [value / temperature for value in row]
        tokens = kept(scaled, top_k, top_p)
        sums = list(accumulate(math.exp(scaled[token] - scaled[tokens[0]]) for token in tokens))
        drawn.append(tokens[min(bisect_right(sums, uniform * sums[-1]), len(tokens) - 1)])
    return torch.tensor(drawn)
