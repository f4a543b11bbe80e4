"""The result starts full of -1e9, and what is kept is written into it.

Lines: 27
"""

import torch


def checked(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k: 1 or more")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p: more than 0, up to 1")


def kept_of(row, top_k, top_p):
    tokens = row.argsort(descending=True, stable=True)[:top_k]
    if top_p is not None:
        mass = row[tokens].double().softmax(-1).cumsum(-1)
        tokens = tokens[: torch.searchsorted(mass, top_p).item() + 1]
    return tokens


def filter_logits(logits, top_k=None, top_p=None):
    checked(top_k, top_p)
    rows = logits.flatten(0, -2) if logits.dim() > 1 else logits[None]
    out = torch.full_like(rows, -1e9)
    for n in range(len(rows)):
        kept = kept_of(rows[n], top_k, top_p)
        out[n, kept] = rows[n, kept]
    return out.reshape(logits.shape)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    checked(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature: 0 or more")
    if temperature == 0:
        return logits.argmax(-1)
    probs = filter_logits(logits / temperature, top_k, top_p).softmax(-1)
    return torch.multinomial(probs, 1, generator=generator).squeeze(-1)
