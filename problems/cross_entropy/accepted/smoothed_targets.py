"""The smoothed targets written out, one row a position, and the largest logit taken off by hand."""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0.0 <= label_smoothing <= 1.0:
        raise ValueError(label_smoothing)
    V = logits.shape[-1]
    x, y = logits.reshape(-1, V), targets.reshape(-1)
    keep = (y != ignore_index).nonzero()[:, 0]
    x, y = x.index_select(0, keep), y.index_select(0, keep)
    if len(y) == 0:
        return x.sum()
    if y.min() < 0 or y.max() >= V:
        raise ValueError("no such class")
    q = torch.full_like(x, label_smoothing / V)
    q[torch.arange(len(y)), y] += 1 - label_smoothing
    x = x - x.max(dim=1, keepdim=True).values.detach()
    logp = x - x.exp().sum(dim=1, keepdim=True).log()
    return -torch.einsum("nv,nv->", q, logp) / len(y)
