"""The filtered values are scattered back to where they came from, into the caller's logits.

Verdict: runtime_error
Lines: 30
"""

import torch
import torch.nn.functional as F


def _validate(top_k, top_p):
    assert_value(top_k is None or top_k >= 1, f"top_k={top_k}")
    assert_value(top_p is None or 0 < top_p <= 1, f"top_p={top_p}")


def assert_value(ok, text):
    if not ok:
        raise ValueError(text)


def filter_logits(logits, top_k=None, top_p=None):
    _validate(top_k, top_p)
    values, indices = torch.sort(logits, dim=-1, descending=True)
    if top_k is not None:
        values[..., top_k:] = -torch.inf
    if top_p is not None:
        cumulative = F.softmax(values.double(), dim=-1).cumsum(dim=-1)
        exclusive = F.pad(cumulative, (1, 0))[..., :-1]
        values[exclusive >= top_p] = -torch.inf
    return logits.scatter_(-1, indices, values)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    _validate(top_k, top_p)
    assert_value(temperature >= 0, f"temperature={temperature}")
    if temperature == 0:
        return logits.argmax(dim=-1)
    p = F.softmax(filter_logits(logits / temperature, top_k, top_p), dim=-1)
    return torch.multinomial(p, num_samples=1, generator=generator).squeeze(dim=-1)
