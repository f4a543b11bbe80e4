"""A loop takes in tokens for as long as they hold no more than top_p.

Lines: 22
"""

import torch


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("wrong top_k")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("wrong top_p")


def kept_tokens(row, top_k, top_p):
    tokens = row.argsort(descending=True, stable=True)[:top_k]
    if top_p is None:
        return tokens
    probs = row[tokens].double().softmax(0).tolist()
    count, held = 0, 0.0
    while count < len(probs) and held <= top_p:
        held += probs[count]
        count += 1
    return tokens[:count]


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    flat = logits.reshape(-1, logits.shape[-1])
    result = torch.full_like(flat, -torch.inf)
    for old, new in zip(flat, result):
        tokens = kept_tokens(old, top_k, top_p)
        new[tokens] = old[tokens]
    return result.reshape(logits.shape)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("wrong temperature")
    if temperature == 0:
        return logits.argmax(dim=1)
    weights = filter_logits(logits / temperature, top_k, top_p).softmax(dim=1)
    return weights.multinomial(num_samples=1, generator=generator).squeeze(dim=1)
