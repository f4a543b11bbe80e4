"""The draw leaves the generator out, and takes its numbers from the global one.

Lines: 38
"""

import torch
import torch.nn.functional as F


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    values, tokens = torch.sort(logits, -1, True)
    mask = torch.ones(values.shape, dtype=torch.bool)
    if top_k is not None:
        mask[..., top_k:] = False
        values = torch.where(mask, values, -torch.inf)
    if top_p is not None:
        probs = F.softmax(values.double(), -1)
        mask[..., 1:] &= probs.cumsum(-1)[..., :-1] < top_p
    chosen = torch.zeros_like(mask).scatter_(-1, tokens, mask)
    return torch.where(chosen, logits, -torch.inf)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature")
    if temperature == 0:
        return logits.argmax(-1)
    filtered = filter_logits(logits / temperature, top_k, top_p)
    return torch.multinomial(F.softmax(filtered, -1), num_samples=1).squeeze(-1)
