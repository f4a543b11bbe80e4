"""The sum is divided by all positions, ignored ones included, and the smoothed part adds up the classes
where it should take their mean.

Verdict: wrong_answer
Lines: 26, 29
Mistakes: 2
"""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError("label_smoothing must lie in [0, 1]")
    num_classes = logits.shape[-1]
    logits = logits.reshape(-1, num_classes)
    targets = targets.reshape(-1)
    counts = targets != ignore_index
    wrong = counts & ((targets < 0) | (targets >= num_classes))
    if wrong.any():
        raise ValueError("target out of range")

    safe = torch.where(counts, targets, torch.zeros_like(targets))
    log_p = logits.log_softmax(dim=-1)
    nll = -log_p.gather(1, safe[:, None]).squeeze(1)
    uniform = -log_p.sum(dim=-1)
    loss = (1 - label_smoothing) * nll + label_smoothing * uniform
    loss = loss.masked_fill(~counts, 0.0)
    return loss.sum() / targets.numel()
