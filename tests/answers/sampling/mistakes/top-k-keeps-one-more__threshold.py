"""The threshold is the sorted logit at index k, which is that of token number k + 1.

Lines: 21
"""

import torch
import torch.nn.functional as F


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be larger than 0")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be larger than 0 and not larger than 1")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    sorted_logits, sorted_ids = torch.sort(logits, dim=-1, descending=True)
    if top_k is not None and top_k < logits.shape[-1]:
        threshold = sorted_logits[..., top_k].unsqueeze(-1)
        logits = logits.masked_fill(logits < threshold, -torch.inf)
        sorted_logits = sorted_logits.masked_fill(sorted_logits < threshold, -torch.inf)
    if top_p is not None:
        probs = F.softmax(sorted_logits.double(), dim=-1)
        sums = probs.cumsum(dim=-1)
        last = (sums < top_p).sum(dim=-1, keepdim=True)
        remove = torch.arange(logits.shape[-1]) > last
        remove = torch.zeros_like(remove).scatter(-1, sorted_ids, remove)
        logits = logits.masked_fill(remove, -torch.inf)
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature must not be smaller than 0")
    if temperature == 0:
        return logits.argmax(dim=-1)
    filtered = filter_logits(logits / temperature, top_k, top_p)
    return torch.multinomial(F.softmax(filtered, dim=-1), 1, generator=generator).squeeze(-1)
