"""Targets written out with eps / (V - 1) at the others.

Lines: 18, 19
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
    logp = x.log_softmax(-1)
    share = label_smoothing / max(v - 1, 1)
    q = torch.full_like(x, share).scatter(1, y[:, None], 1 - label_smoothing)
    return -(q * logp).sum() / max(len(y), 1)
