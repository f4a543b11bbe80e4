"""Changes its own process: warnings as errors, float64 as default, no gradients, deterministic algorithms."""

import warnings

import torch

warnings.simplefilter("error")
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.set_num_threads(1)


def filter_logits(logits, top_k=None, top_p=None):
    if not (top_k is None or top_k >= 1) or not (top_p is None or 0 < top_p <= 1):
        raise ValueError("filters")
    n = logits.shape[-1]
    order = torch.argsort(logits, dim=-1, descending=True, stable=True)
    probs = torch.softmax(logits.to(torch.float64), dim=-1).gather(-1, order)[..., : n if top_k is None else top_k]
    probs = probs / probs.sum(-1, keepdim=True)
    size = probs.shape[-1]
    keep = torch.ones(probs.shape, dtype=torch.bool)
    if top_p is not None and size > 1:
        keep[..., 1:] = torch.cumsum(probs, -1)[..., :-1] < top_p
    tokens = order[..., :size]
    removed = torch.ones(logits.shape, dtype=torch.bool).scatter(-1, tokens, ~keep)
    return logits.masked_fill(removed, float("-inf"))


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature")
    if temperature == 0:
        filter_logits(logits, top_k, top_p)
        return logits.argmax(dim=1)
    probs = filter_logits(logits / temperature, top_k, top_p).softmax(dim=1)
    return torch.multinomial(probs, 1, generator=generator)[..., 0]
