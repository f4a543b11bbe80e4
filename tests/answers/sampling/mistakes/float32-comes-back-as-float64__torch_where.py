"""All is computed in float64, and the result is left in it.

Lines: 27, 18
"""

import torch


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k is too small")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p is out of range")


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    exact = logits.to(torch.float64)
    values, tokens = exact.sort(dim=-1, descending=True, stable=True)
    if top_k is not None:
        values[..., top_k:] = -torch.inf
    if top_p is not None:
        sums = values.softmax(-1).cumsum(-1)
        late = torch.zeros_like(sums, dtype=torch.bool)
        late[..., 1:] = sums[..., :-1] >= top_p
        values = torch.where(late, -torch.inf, values)
    return torch.zeros_like(exact).scatter(-1, tokens, values)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature is negative")
    if temperature == 0:
        return logits.argmax(dim=-1)
    probs = filter_logits(logits / temperature, top_k, top_p).softmax(dim=-1)
    return torch.multinomial(probs, num_samples=1, generator=generator).squeeze(dim=-1)
