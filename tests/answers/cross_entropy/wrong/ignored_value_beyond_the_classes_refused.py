"""An ignore_index above the classes is taken for a wrong target.

Verdict: runtime_error
Lines: 21
"""

import torch


def picked(*, scores, places):
    return torch.einsum("nv,nv->n", scores, torch.zeros_like(scores).scatter_(1, places[:, None], 1.0))


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if label_smoothing > 1 or label_smoothing < 0:
        raise ValueError(label_smoothing)
    classes = logits.shape[-1]
    scores = logits.double().flatten(0, -2) if logits.ndim > 1 else logits.double()[None]
    flat = targets.flatten()
    counts = torch.ne(flat, ignore_index)
    if bool(((flat >= classes) | (counts & (flat < 0))).any()):
        raise ValueError("targets")
    log_p = scores - scores.logsumexp(-1, keepdim=True)
    mended = torch.where(counts, flat, 0)
    loss = -(1 - label_smoothing) * picked(scores=log_p, places=mended) - label_smoothing * log_p.mean(-1)
    return ((loss * counts).sum() / counts.sum().clamp_min(1)).type_as(logits)
