"""Only filter_logits checks its arguments, and greedy decoding does not come that far."""

import torch
import torch.nn.functional as F


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None:
        if top_k < 1:
            raise ValueError("top_k must be a positive number")
        k = min(top_k, logits.size(-1))
        threshold = torch.topk(logits, k).values[..., -1].unsqueeze(-1)
        logits = torch.where(logits < threshold, float("-inf"), logits)

    if top_p is not None:
        if not 0 < top_p <= 1:
            raise ValueError("top_p must be above 0, and 1 at most")
        sorted_logits, sorted_idx = torch.sort(logits, descending=True)
        cum = torch.cumsum(F.softmax(sorted_logits.double(), dim=-1), dim=-1)
        drop = cum >= top_p
        drop = torch.roll(drop, 1, dims=-1)
        drop[..., 0] = False
        logits = logits.masked_fill(torch.zeros_like(drop).scatter(-1, sorted_idx, drop), float("-inf"))

    return logits


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature must be 0 or more")
    if temperature == 0:
        return torch.argmax(logits, dim=-1)
    logits = filter_logits(logits / temperature, top_k=top_k, top_p=top_p)
    probs = F.softmax(logits, dim=-1)
    return torch.multinomial(probs, num_samples=1, generator=generator).squeeze(-1)
