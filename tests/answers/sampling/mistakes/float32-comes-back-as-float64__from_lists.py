"""The result is built from Python numbers, with float64 as its dtype.

Lines: 30
"""

import torch


def check(top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k: at least one token")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p: a share of the probability")


def filter_row(row, top_k, top_p):
    order = sorted(range(len(row)), key=lambda token: -row[token])
    order = order[:top_k]
    if top_p is not None:
        sums = torch.tensor([row[token] for token in order], dtype=torch.float64).softmax(0).cumsum(0)
        order = order[: int((sums < top_p).sum()) + 1]
    stays = set(order)
    return [logit if token in stays else float("-inf") for token, logit in enumerate(row)]


def filter_logits(logits, top_k=None, top_p=None):
    check(top_k, top_p)
    rows = logits.reshape(-1, logits.shape[-1]).tolist()
    filtered = [filter_row(row, top_k, top_p) for row in rows]
    return torch.tensor(filtered, dtype=torch.float64).reshape(logits.shape)


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    check(top_k, top_p)
    if temperature < 0:
        raise ValueError("temperature: not negative")
    if temperature == 0:
        return logits.argmax(dim=-1)
    rows, which = (logits / temperature).unique(dim=0, return_inverse=True)
    probs = filter_logits(rows, top_k, top_p).softmax(dim=-1)[which]
    return torch.multinomial(probs, num_samples=1, generator=generator)[:, 0]
