"""Where ignore_index is a class, that class is taken out of the softmax as well.

Verdict: wrong_answer
Lines: 21, 20
"""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError
    v = logits.shape[-1]
    keep = targets != ignore_index
    x, y = logits[keep], targets[keep]
    if ((y < 0) | (y >= v)).any():
        raise ValueError
    if len(y) == 0:
        return x.sum()
    inside = torch.arange(v) != ignore_index
    lse = x[:, inside].logsumexp(-1)
    hard = lse - x[torch.arange(len(y)), y]
    return ((1 - label_smoothing) * hard + label_smoothing * (lse - x.mean(-1))).mean()
