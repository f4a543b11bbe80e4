"""The order that sorting gives is thrown away, and the list of places that stay is used as one of tokens.

Lines: 32, 16
"""

import torch
import torch.nn.functional as F


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k is less than 1")
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError("top_p is not a share")

    sorted_logits, _ = torch.sort(logits, dim=-1, descending=True)
    stays = torch.ones_like(sorted_logits, dtype=torch.bool)

    # top k
    if top_k is not None:
        stays[..., top_k:] = False
        sorted_logits = sorted_logits.masked_fill(~stays, float("-inf"))

    # top p
    if top_p is not None:
        probs = F.softmax(sorted_logits.to(torch.float64), dim=-1)
        sums = torch.cumsum(probs, dim=-1)
        reached = sums >= top_p
        stays[..., 1:] &= ~reached[..., :-1]

    result = logits.clone()
    result[~stays] = float("-inf")
    return result


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature is less than 0")
    at = logits if temperature == 0 else logits / temperature
    filtered = filter_logits(at, top_k, top_p)
    if temperature == 0:
        return logits.argmax(-1)
    probs = F.softmax(filtered, dim=-1)
    ids = torch.multinomial(probs, num_samples=1, generator=generator)
    return ids.reshape(logits.shape[0])
