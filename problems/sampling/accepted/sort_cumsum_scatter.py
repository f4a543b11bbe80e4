import torch
import torch.nn.functional as F


def _check(top_k, top_p, temperature=1.0):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be positive")
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError("top_p must lie in (0, 1]")
    if temperature < 0:
        raise ValueError("temperature must not be negative")


def filter_logits(logits, top_k=None, top_p=None):
    _check(top_k, top_p)
    out = logits.clone()
    if top_k is not None:
        k = min(top_k, out.size(-1))
        kept = torch.zeros_like(out, dtype=torch.bool).scatter_(-1, out.topk(k, dim=-1).indices, True)
        out[~kept] = float("-inf")
    if top_p is not None:
        sorted_logits, sorted_indices = torch.sort(out, descending=True, dim=-1)
        cumulative = F.softmax(sorted_logits.double(), dim=-1).cumsum(dim=-1)
        to_remove = cumulative >= top_p
        to_remove[..., 1:] = to_remove[..., :-1].clone()
        to_remove[..., 0] = False
        out = out.masked_fill(to_remove.scatter(-1, sorted_indices, to_remove), float("-inf"))
    return out


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    _check(top_k, top_p, temperature)
    if temperature == 0:
        return torch.argmax(logits, dim=-1)
    logits = (logits - logits.max(dim=-1, keepdim=True).values).double() / temperature
    probs = F.softmax(filter_logits(logits, top_k, top_p), dim=-1)
    return torch.multinomial(probs, num_samples=1, generator=generator).squeeze(-1)
