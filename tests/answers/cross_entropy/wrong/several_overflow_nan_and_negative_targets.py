"""The exponentials are taken of the bare logits, the mean of no positions is NaN,
and targets below 0 are not refused.

Verdict: wrong_answer
Lines: 13, 27, 30
Mistakes: 3
"""

import torch


def _log_softmax(x):
    return x - x.exp().sum(-1, keepdim=True).log()


def _smoothed(targets, num_classes, eps, like):
    hot = (targets[:, None] == torch.arange(num_classes)).to(like.dtype)
    return hot * (1 - eps) + eps / num_classes


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if label_smoothing < 0 or label_smoothing > 1:
        raise ValueError("label_smoothing")
    size = logits.shape[-1]
    kept = targets != ignore_index
    x, y = logits[kept], targets[kept]
    if (y >= size).any():
        raise ValueError("a target is no class")
    losses = -(_smoothed(y, size, label_smoothing, x) * _log_softmax(x)).sum(-1)
    return losses.mean()
