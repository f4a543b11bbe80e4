"""One position after the other, as Python loops over rows."""

import torch


def row_loss(x, y, eps):
    lse = torch.logsumexp(x, 0)
    return lse - (1 - eps) * x[y] - eps * x.mean()


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if label_smoothing < 0 or label_smoothing > 1:
        raise ValueError("label_smoothing")
    rows = logits.flatten(0, -2) if logits.dim() > 1 else logits[None]
    total, count = logits.new_zeros(()), 0
    for x, y in zip(rows, targets.flatten().tolist(), strict=True):
        if y == ignore_index:
            continue
        if y not in range(len(x)):
            raise ValueError(f"target {y}")
        total = total + row_loss(x, y, label_smoothing)
        count += 1
    return total / count if count else total
