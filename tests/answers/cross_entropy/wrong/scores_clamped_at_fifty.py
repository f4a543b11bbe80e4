"""Log-probabilities are cut at -50, which sure and wrong models go below.

Verdict: wrong_answer
Lines: 24
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
    if bool((counts & ((flat < 0) | (flat >= classes))).any()):
        raise ValueError("targets")
    log_p = scores - scores.logsumexp(-1, keepdim=True)
    log_p = log_p.clamp_min(-50.0)
    mended = torch.where(counts, flat, 0)
    loss = -(1 - label_smoothing) * picked(scores=log_p, places=mended) - label_smoothing * log_p.mean(-1)
    return ((loss * counts).sum() / counts.sum().clamp_min(1)).type_as(logits)
