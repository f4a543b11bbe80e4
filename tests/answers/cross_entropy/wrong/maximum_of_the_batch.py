"""Takes the largest logit of the whole batch off: a row far below it underflows.

Verdict: wrong_answer
Lines: 19
"""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError
    keep = targets != ignore_index
    x, y = logits[keep], targets[keep]
    if ((y < 0) | (y >= logits.shape[-1])).any():
        raise ValueError
    if len(y) == 0:
        return x.sum()
    x = x - x.max()
    lse = x.exp().sum(-1).log()
    loss = (1 - label_smoothing) * (lse - x[torch.arange(len(y)), y]) + label_smoothing * (lse - x.mean(-1))
    return loss.mean()
