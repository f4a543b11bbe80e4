"""Logits of any dtype are drawn from in float32.

Verdict: wrong_answer
"""

import torch


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p}")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    values, order = torch.sort(logits, dim=-1, descending=True)
    keep = torch.ones_like(values, dtype=torch.bool)
    if top_k is not None:
        keep[..., top_k:] = False
    if top_p is not None:
        probs = values.masked_fill(~keep, -torch.inf).double().softmax(-1)
        before = torch.cat([torch.zeros_like(probs[..., :1]), probs.cumsum(-1)[..., :-1]], -1)
        keep &= before < top_p
    keep = torch.zeros_like(keep).scatter(-1, order, keep)
    return logits.masked_fill(~keep, -torch.inf)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError(f"temperature is {temperature}")
    if temperature == 0:
        return logits.argmax(-1)
    probs = filter_logits(logits.float() / temperature, top_k, top_p).softmax(-1)
    return torch.multinomial(probs, 1, generator=generator)[:, 0]
