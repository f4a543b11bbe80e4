"""Row by row in plain Python, drawing by the inverse of the distribution function."""

import bisect
import itertools
import math

import torch


def validate(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k")
    if top_p is not None and not (0 < top_p <= 1):
        raise ValueError("top_p")


def kept_tokens(row, top_k, top_p):
    ranked = sorted(range(len(row)), key=lambda token: -row[token])
    if top_k is not None:
        ranked = ranked[:top_k]
    if top_p is None:
        return ranked
    weights = [math.exp(row[token] - row[ranked[0]]) for token in ranked]
    total = math.fsum(weights)
    for count, mass in enumerate(itertools.accumulate(weights), start=1):
        if mass / total >= top_p:
            return ranked[:count]
    return ranked


def filter_logits(logits, top_k=None, top_p=None):
    validate(top_k, top_p)
    rows = logits.reshape(-1, logits.shape[-1])
    filtered = torch.full_like(rows, -math.inf)
    for index, row in enumerate(rows.tolist()):
        kept = kept_tokens(row, top_k, top_p)
        filtered[index, kept] = rows[index, kept]
    return filtered.reshape(logits.shape)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    validate(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature")
    uniforms = torch.rand(logits.shape[0], generator=generator, dtype=torch.float64).tolist()
    tokens = []
    for row, uniform in zip(logits.tolist(), uniforms, strict=True):
        if temperature == 0:
            tokens.append(row.index(max(row)))
            continue
        largest = max(row)
        scaled = [(value - largest) / temperature for value in row]
        kept = kept_tokens(scaled, top_k, top_p)
        sums = list(itertools.accumulate(math.exp(scaled[token]) for token in kept))
        place = bisect.bisect_right(sums, uniform * sums[-1])
        tokens.append(kept[min(place, len(kept) - 1)])
    return torch.tensor(tokens, dtype=torch.int64)
