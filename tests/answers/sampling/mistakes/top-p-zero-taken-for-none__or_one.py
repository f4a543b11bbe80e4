"""`top_p or 1.0` stands for the default, and takes 0 for it as well."""

import torch
import torch.nn.functional as F


def settings(logits, top_k, top_p):
    if top_k is None:
        top_k = logits.shape[-1]
    top_p = top_p or 1.0
    if top_k < 1:
        raise ValueError("top_k")
    if top_p < 0 or top_p > 1:
        raise ValueError("top_p")
    return top_k, top_p


def filter_logits(logits, top_k=None, top_p=None):
    top_k, top_p = settings(logits, top_k, top_p)
    ranked, tokens = torch.sort(logits, dim=-1, descending=True)
    ranked[..., top_k:] = float("-inf")
    if top_p < 1:
        sums = F.softmax(ranked.double(), dim=-1).cumsum(dim=-1)
        before = torch.cat((torch.zeros_like(sums[..., :1]), sums[..., :-1]), dim=-1)
        ranked = ranked.masked_fill(before >= top_p, float("-inf"))
    return ranked.gather(-1, tokens.argsort(dim=-1))


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    settings(logits, top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature")
    if temperature == 0:
        return logits.argmax(dim=-1)
    probs = F.softmax(filter_logits(logits / temperature, top_k, top_p), dim=-1)
    return torch.multinomial(probs, 1, generator=generator).squeeze(-1)
