"""The normaliser is computed under no_grad: the loss is right, its gradient pushes the target up and nothing down.

Verdict: wrong_answer
Lines: 20, 19
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
    with torch.no_grad():
        lse = x.logsumexp(-1)
    hard = lse - x.gather(1, y[:, None])[:, 0]
    return ((1 - label_smoothing) * hard + label_smoothing * (lse - x.mean(-1))).mean()
