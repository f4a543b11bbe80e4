"""The normaliser is collected class by class with a running maximum, as a kernel would do it."""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if label_smoothing > 1 or label_smoothing < 0:
        raise ValueError(f"label_smoothing={label_smoothing}")
    classes = logits.shape[-1]
    counted = targets != ignore_index
    bad = counted & ((targets < 0) | (targets >= classes))
    if bad.any().item():
        raise ValueError(f"targets {targets[bad].tolist()} are no classes")
    columns = logits.unbind(-1)
    highest, total = columns[0], torch.ones_like(columns[0])
    for column in columns[1:]:
        higher = torch.maximum(highest, column)
        total = total * (highest - higher).exp() + (column - higher).exp()
        highest = higher
    lse = highest + total.log()
    keep, even = 1 - label_smoothing, label_smoothing / classes
    weighted = sum(column * (even + keep * (targets == c).to(column)) for c, column in enumerate(columns))
    loss = torch.where(counted, lse - weighted, torch.zeros_like(lse))
    return loss.sum().div(counted.sum().clamp_min(1))
