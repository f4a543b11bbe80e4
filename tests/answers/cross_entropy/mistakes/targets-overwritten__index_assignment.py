"""The ignored targets are set to 0 in place.

Lines: 15
"""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError
    mask = targets != ignore_index
    if (mask & ((targets < 0) | (targets >= logits.shape[-1]))).any():
        raise ValueError
    targets[~mask] = 0
    logp = logits.log_softmax(-1)
    nll = -logp.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    loss = torch.where(mask, (1 - label_smoothing) * nll - label_smoothing * logp.mean(-1), 0)
    return loss.sum() / mask.sum().clamp(min=1)
