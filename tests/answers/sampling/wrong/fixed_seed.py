"""Every call without a generator draws from the same seed.

Verdict: wrong_answer
Lines: 40
"""

import torch
import torch.nn.functional as F


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be in (0, 1]")
    out = logits.clone()
    if top_k is not None:
        k = min(top_k, out.size(-1))
        kth = torch.topk(out, k, dim=-1).values[..., -1:]
        out = out.masked_fill(out < kth, float("-inf"))
    if top_p is not None:
        ordered, index = torch.sort(out, dim=-1, descending=True)
        probs = F.softmax(ordered.double(), dim=-1)
        before = probs.cumsum(dim=-1) - probs
        drop = before >= top_p
        out = out.masked_fill(drop.scatter(-1, index, drop), float("-inf"))
    return out


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature must not be negative")
    if temperature == 0:
        filter_logits(logits, top_k, top_p)  # raises where the filters are wrong
        return logits.argmax(dim=-1)
    scaled = logits / temperature
    filtered = filter_logits(scaled, top_k, top_p)
    probs = F.softmax(filtered, dim=-1)
    if generator is None:
        generator = torch.Generator().manual_seed(0)
    return torch.multinomial(probs, num_samples=1, generator=generator).squeeze(-1)
