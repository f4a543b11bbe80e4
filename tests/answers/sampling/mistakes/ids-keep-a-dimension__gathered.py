"""A place is drawn among the sorted tokens, and gather gives the token of it in a column.

Lines: 42
"""

import torch


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("need top_k >= 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("need 0 < top_p <= 1")


def filter_sorted(ranked, top_k, top_p):
    """The same for logits that are sorted already, the largest first."""
    if top_k is not None:
        ranked = ranked.masked_fill(torch.arange(ranked.shape[-1]) >= top_k, -torch.inf)
    if top_p is not None:
        sums = ranked.double().softmax(-1).cumsum(-1)
        sums = torch.nn.functional.pad(sums, (1, -1))
        ranked = ranked.masked_fill(sums >= top_p, -torch.inf)
    return ranked


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    ranked, tokens = logits.sort(-1, descending=True)
    return filter_sorted(ranked, top_k, top_p).gather(-1, tokens.argsort(-1))


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("need temperature >= 0")
    if temperature == 0:
        return logits.argmax(-1)
    ranked, tokens = (logits / temperature).sort(-1, descending=True)
    probs = filter_sorted(ranked, top_k, top_p).softmax(-1)
    place = torch.multinomial(probs, num_samples=1, generator=generator)
    return tokens.gather(-1, place)
