"""A target beyond the classes raises IndexError.

Verdict: wrong_answer
"""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError
    keep = targets != ignore_index
    x, y = logits[keep], targets[keep]
    if (y < 0).any():
        raise ValueError
    if len(y) == 0:
        return x.sum()
    lse = x.logsumexp(-1)
    hard = lse - x[torch.arange(len(y)), y]
    return ((1 - label_smoothing) * hard + label_smoothing * (lse - x.mean(-1))).mean()
