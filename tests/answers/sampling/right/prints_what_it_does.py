import sys

import torch

print("loading")


def filter_logits(logits, top_k=None, top_p=None):
    print("filter_logits", tuple(logits.shape), top_k, top_p)
    print("to stderr", file=sys.stderr)
    if top_k is not None and top_k <= 0:
        raise ValueError("top_k has to be positive")
    if top_p is not None and (top_p > 1 or top_p <= 0):
        raise ValueError("top_p has to be in (0, 1]")
    if top_k is not None:
        kth = logits.topk(min(top_k, logits.shape[-1]))[0][..., -1, None]
        logits = logits.masked_fill(logits < kth, -torch.inf)
    if top_p is not None:
        ranked, index = logits.sort(descending=True)
        sums = ranked.softmax(-1).cumsum(-1)
        drop = sums >= top_p
        drop = drop.roll(1, -1)
        drop[..., 0] = False
        print("removing", int(drop.sum()))
        logits = logits.masked_fill(torch.zeros_like(drop).scatter(-1, index, drop), -torch.inf)
    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature has to be at least 0")
    if temperature == 0:
        filter_logits(logits, top_k, top_p)
        return logits.max(-1)[1]
    shifted = logits - logits.max(-1, keepdim=True)[0]
    probs = filter_logits(shifted / temperature, top_k, top_p).softmax(-1)
    return torch.multinomial(probs, 1, generator=generator).reshape(-1)
