"""Sums as logarithms: logcumsumexp against log(top_p)."""

import math

import torch


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p")
    values, order = logits.sort(-1, descending=True)
    count = torch.full_like(order[..., :1], values.size(-1) if top_k is None else min(top_k, values.size(-1)))
    if top_p is not None:
        logs = (values - values[..., :1]).double().logcumsumexp(-1)
        total = logs.gather(-1, count - 1)
        reached = (logs - total >= math.log(top_p) - 1e-12).to(torch.int8)
        first = torch.where(reached.any(-1, keepdim=True), reached.argmax(-1, keepdim=True) + 1, count)
        count = torch.minimum(count, first)
    threshold = values.gather(-1, count - 1)
    return logits.masked_fill(logits < threshold, -math.inf)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature")
    largest = logits.amax(-1, keepdim=True)
    if temperature == 0:
        filter_logits(logits, top_k, top_p)
        return (logits == largest).int().argmax(-1)
    kept = filter_logits(logits.double() / temperature, top_k, top_p)
    exponential = torch.zeros_like(kept).exponential_(generator=generator)
    return (exponential.log() - kept).argmin(-1)
