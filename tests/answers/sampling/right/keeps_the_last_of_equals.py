"""Among equal logits the highest index is kept: the order is that of the reversed row, ascending and stable."""

import torch


def _places(logits):
    order = torch.sort(logits, dim=-1, stable=True).indices.flip(-1)
    places = torch.empty_like(order)
    return order, places.scatter_(-1, order, torch.arange(order.size(-1)).expand_as(order))


def filter_logits(logits, top_k=None, top_p=None):
    if top_k is not None and top_k < 1:
        raise ValueError(f"{top_k} tokens can't be kept")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"{top_p} is no share of the probability")
    order, places = _places(logits)
    limit = torch.full_like(places[..., :1], logits.size(-1) if top_k is None else top_k)
    if top_p is not None:
        kept = logits.double().masked_fill(places >= limit, -torch.inf)
        sums = kept.softmax(-1).gather(-1, order).cumsum(-1)
        limit = limit.minimum(1 + (sums < top_p).sum(-1, keepdim=True))
    return torch.where(places < limit, logits, torch.tensor(-torch.inf, dtype=logits.dtype))


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("negative temperature")
    if temperature == 0:
        filter_logits(logits, top_k, top_p)
        return _places(logits)[0][:, 0]
    log_weights = filter_logits(logits.double() / temperature, top_k, top_p).log_softmax(-1)
    uniform = 1 - torch.rand(log_weights.shape, generator=generator, dtype=torch.float64)
    return (uniform.log() / log_weights.exp()).nan_to_num(neginf=-torch.inf).argmax(-1)
