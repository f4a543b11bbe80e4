"""Written for one row, and mapped over all others."""

import torch
from torch.func import vmap


def check_arguments(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p")


def filter_row(row, top_k, top_p):
    order = row.argsort(descending=True)
    rank = order.argsort()
    k = len(row) if top_k is None else top_k
    row = torch.where(rank < k, row, -torch.inf)
    probs = row.double().softmax(0)[order]
    before = (probs.cumsum(0).roll(1) * (torch.arange(len(row)) > 0))[rank]
    return torch.where(before < (2.0 if top_p is None else top_p), row, -torch.inf)


def filter_logits(logits, top_k=None, top_p=None):
    check_arguments(top_k, top_p)
    rows = logits.reshape(-1, logits.shape[-1])
    return vmap(lambda row: filter_row(row, top_k, top_p))(rows).reshape(logits.shape)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check_arguments(top_k, top_p)
    match temperature:
        case 0:
            return logits.argmax(-1)
        case _ if temperature < 0:
            raise ValueError("temperature")
    probs = filter_logits(logits / temperature, top_k, top_p).softmax(-1)
    cdf = probs.double().cumsum(-1)
    uniform = torch.rand(len(probs), 1, generator=generator, dtype=torch.float64) * cdf[:, -1:]
    return (cdf <= uniform).sum(-1)
