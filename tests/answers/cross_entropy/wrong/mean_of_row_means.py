"""Averages within each row of the batch first, then over the rows: rows with much padding weigh too much.

Verdict: wrong_answer
Lines: 22, 24
"""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError
    valid = targets != ignore_index
    safe = targets.masked_fill(~valid, 0)
    if ((safe < 0) | (safe >= logits.shape[-1])).any():
        raise ValueError
    logp = logits.log_softmax(-1)
    loss = -(1 - label_smoothing) * logp.gather(-1, safe[..., None])[..., 0] - label_smoothing * logp.mean(-1)
    loss = loss * valid
    if loss.dim() < 2:
        return loss.sum() / valid.sum().clamp(min=1)
    rows = loss.sum(-1) / valid.sum(-1).clamp(min=1)
    some = valid.any(-1)
    return rows[some].sum() / some.sum().clamp(min=1)
