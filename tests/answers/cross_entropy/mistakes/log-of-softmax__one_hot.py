"""Smoothed one-hot targets times the logarithm of the softmax.

Lines: 18, 19, 17
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
    p = torch.softmax(x, dim=-1)
    picked = p[torch.arange(len(y)), y].log()
    loss = -(1 - label_smoothing) * picked - label_smoothing * p.log().sum(-1) / v
    return loss.sum() / max(len(y), 1)
