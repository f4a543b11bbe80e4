"""logsumexp(x) - x[y], the ordinary way, whose rounding errors at ±1e4 are those of the dtype."""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if label_smoothing < 0.0 or label_smoothing > 1.0:
        raise ValueError("bad label_smoothing")
    v = logits.shape[-1]
    flat, y = logits.reshape(-1, v), targets.reshape(-1)
    ok = y != ignore_index
    flat, y = flat[ok], y[ok]
    if ((y < 0) | (y >= v)).sum() > 0:
        raise ValueError("bad target")
    if y.numel() == 0:
        return logits.sum() * 0.0
    losses = torch.logsumexp(flat, dim=1) - flat[torch.arange(y.shape[0]), y]
    if label_smoothing > 0:
        uniform = (torch.logsumexp(flat, dim=1)[:, None] - flat).sum(dim=1) / v
        losses = losses * (1 - label_smoothing) + uniform * label_smoothing
    return losses.mean()
