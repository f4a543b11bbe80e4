"""Temperature 0 is answered before the filters' values are looked at."""

import torch


class Filters:
    def __init__(self, top_k, top_p):
        if top_k is not None and top_k < 1:
            raise ValueError("top_k < 1")
        if top_p is not None and not 0 < top_p <= 1:
            raise ValueError("top_p not in (0, 1]")
        self.k, self.p = top_k, top_p

    def __call__(self, logits):
        values, places = logits.sort(dim=-1, descending=True, stable=True)
        if self.k is not None:
            values[..., self.k :] = -torch.inf
        if self.p is not None:
            sums = values.double().softmax(-1).cumsum(-1)
            values[..., 1:] = values[..., 1:].masked_fill(sums[..., :-1] >= self.p, -torch.inf)
        return values.gather(-1, places.argsort(-1))


def filter_logits(logits, top_k=None, top_p=None):
    return Filters(top_k, top_p)(logits)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature < 0")
    if temperature == 0:
        return logits.argmax(-1)
    filters = Filters(top_k, top_p)
    return torch.multinomial(filters(logits / temperature).softmax(-1), 1, generator=generator).squeeze(-1)
