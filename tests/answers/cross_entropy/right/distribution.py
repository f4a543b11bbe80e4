"""A categorical distribution of the library knows the logarithm of a probability."""

import torch
from torch.distributions import Categorical


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError("label_smoothing")
    size = logits.shape[-1]
    keep = targets.flatten() != ignore_index
    x, y = logits.reshape(-1, size)[keep], targets.flatten()[keep]
    if not all(0 <= label < size for label in y.tolist()):
        raise ValueError("targets")
    if not len(y):
        return x.sum()
    model = Categorical(logits=x, validate_args=False)
    total = -(1 - label_smoothing) * model.log_prob(y).sum()
    for label in range(size):
        total = total - label_smoothing / size * model.log_prob(torch.full_like(y, label)).sum()
    return total / len(y)
