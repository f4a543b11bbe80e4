import numpy as np
import torch


def _filter(array, top_k, top_p):
    if top_k is not None and top_k < 1:
        raise ValueError("top_k")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p")
    order = np.argsort(-array, axis=-1, kind="stable")
    ranked = np.take_along_axis(array.astype(np.float64), order, axis=-1)
    if top_k is not None:
        ranked[..., top_k:] = -np.inf
    weights = np.exp(ranked - ranked[..., :1])
    sums = np.cumsum(weights / weights.sum(-1, keepdims=True), axis=-1)
    if top_p is not None:
        ranked[..., 1:][sums[..., :-1] >= top_p] = -np.inf
    out = np.full_like(array, -np.inf)
    np.put_along_axis(out, order, np.where(np.isinf(ranked), -np.inf, np.take_along_axis(array, order, -1)), axis=-1)
    return out


def filter_logits(logits, top_k=None, top_p=None):
    return torch.from_numpy(_filter(logits.numpy(), top_k, top_p))


def sample(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    if temperature < 0:
        raise ValueError("temperature")
    wide = logits.numpy().astype(np.float64)
    scaled = (wide - wide.max(axis=1, keepdims=True)) / (temperature if temperature > 0 else 1.0)
    weights = np.exp(_filter(scaled, top_k, top_p))
    if temperature == 0:
        return torch.from_numpy(wide.argmax(axis=1))
    sums = weights.cumsum(axis=1)
    uniform = torch.rand(len(wide), 1, generator=generator, dtype=torch.float64).numpy() * sums[:, -1:]
    return torch.from_numpy((sums <= uniform).sum(axis=1))
