"""Everything in the dtype of the logits, with in-place work on copies."""

import torch
import torch.nn.functional as F


def check(temperature, top_k, top_p):
    if temperature < 0 or (top_k is not None and top_k < 1):
        raise ValueError("temperature or top_k")
    if top_p is not None and not (top_p > 0 and top_p <= 1):
        raise ValueError("top_p")


def filter_logits(logits, top_k=None, top_p=None):
    check(0.0, top_k, top_p)
    result = torch.clone(logits)
    if top_k is not None and top_k < logits.shape[-1]:
        smallest = torch.topk(-result, logits.shape[-1] - top_k, dim=-1).indices
        result.scatter_(-1, smallest, -torch.inf)
    if top_p is not None:
        values, index = result.sort(-1, descending=True)
        mass = F.softmax(values, -1).cumsum_(-1)
        surplus = F.pad(mass[..., :-1] >= top_p, (1, 0), value=False)
        values[surplus] = -torch.inf
        result.scatter_(-1, index, values)
    return result


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(temperature, top_k, top_p)
    if temperature == 0:
        return logits.argmax(dim=-1)
    scores = filter_logits(logits / temperature, top_k, top_p)
    tokens = torch.multinomial(F.softmax(scores, dim=-1), 1, replacement=True, generator=generator)
    return tokens.flatten()
