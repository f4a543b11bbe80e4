"""The mean of what is left.

Lines: 18
"""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError
    rows, labels = logits.reshape(-1, logits.shape[-1]), targets.reshape(-1)
    rows, labels = rows[labels != ignore_index], labels[labels != ignore_index]
    if ((labels < 0) | (labels >= rows.shape[1])).any():
        raise ValueError
    lse = torch.logsumexp(rows, 1)
    loss = lse - (1 - label_smoothing) * rows[torch.arange(len(labels)), labels] - label_smoothing * rows.mean(1)
    return loss.mean()
