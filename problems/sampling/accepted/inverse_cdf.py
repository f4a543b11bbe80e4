"""topk gives the candidates in order, a cumulative sum the nucleus; one uniform number a row picks the token."""

import torch


def _validate(top_k, top_p, temperature=0.0):
    problems = {
        "top_k": top_k is not None and top_k < 1,
        "top_p": top_p is not None and not 0 < top_p <= 1,
        "temperature": temperature < 0,
    }
    for name, bad in problems.items():
        if bad:
            raise ValueError(f"bad value for {name}")


def _ranked(logits, top_k, top_p):
    k = logits.size(-1) if top_k is None else min(top_k, logits.size(-1))
    values, tokens = logits.topk(k, dim=-1, sorted=True)
    log_probs = values.double().log_softmax(-1)
    mass = log_probs.exp().cumsum(-1)
    if top_p is None:
        keep = torch.ones_like(mass, dtype=torch.bool)
    else:
        keep = torch.cat([torch.ones_like(mass[..., :1], dtype=torch.bool), mass[..., :-1] < top_p], dim=-1)
    return values, tokens, keep, mass


def filter_logits(logits, top_k=None, top_p=None):
    _validate(top_k, top_p)
    values, tokens, keep, _ = _ranked(logits, top_k, top_p)
    return torch.full_like(logits, -torch.inf).scatter(-1, tokens, values.masked_fill(~keep, -torch.inf))


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    _validate(top_k, top_p, temperature)
    if temperature == 0:
        return logits.argmax(-1)
    logits = logits.double()
    scaled = (logits - logits.amax(-1, keepdim=True)) / temperature
    _, tokens, keep, mass = _ranked(scaled, top_k, top_p)
    count = keep.sum(-1, keepdim=True)
    total = mass.gather(-1, count - 1)
    target = torch.rand(logits.size(0), 1, generator=generator, dtype=torch.float64) * total
    place = torch.searchsorted(mass, target, right=True)
    return tokens.gather(-1, torch.minimum(place, count - 1)).squeeze(-1)
