"""What is left after filtering becomes log-probabilities, and these are divided by the temperature.

Verdict: wrong_answer
Lines: 38, 39
Mistake: temperature-after-the-filters
"""

import torch
import torch.nn.functional as F


def _check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError(f"{top_k} is no top_k")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"{top_p} is no top_p")


def filter_logits(logits, top_k=None, top_p=None):
    _check(top_k, top_p)
    out = logits
    if top_k is not None and top_k < logits.shape[-1]:
        smallest = out.topk(top_k, dim=-1).values[..., -1, None]
        out = torch.where(out < smallest, -torch.inf, out)
    if top_p is not None:
        ranked, ids = out.sort(dim=-1, descending=True)
        sums = F.softmax(ranked.double(), dim=-1).cumsum(-1)
        beyond = F.pad(sums[..., :-1] >= top_p, (1, 0))
        out = out.masked_fill(torch.zeros_like(beyond).scatter(-1, ids, beyond), -torch.inf)
    return out


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    _check(top_k, top_p)
    if temperature < 0:
        raise ValueError(f"{temperature} is no temperature")
    if temperature == 0:
        return logits.argmax(dim=-1)
    log_probs = F.log_softmax(filter_logits(logits, top_k, top_p), dim=-1)
    sharpened = F.softmax(log_probs / temperature, dim=-1)
    return torch.multinomial(sharpened, 1, generator=generator).squeeze(-1)
