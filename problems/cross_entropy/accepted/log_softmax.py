"""log_softmax and a mask: every position is computed, and those that don't count are multiplied away."""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if label_smoothing < 0 or label_smoothing > 1:
        raise ValueError("label_smoothing is a share, from 0 to 1")
    valid = targets.ne(ignore_index)
    safe = torch.where(valid, targets, torch.zeros_like(targets))
    if bool(((safe < 0) | (safe >= logits.size(-1))).any()):
        raise ValueError("targets are classes, or ignore_index")
    logp = torch.log_softmax(logits, dim=-1)
    nll = -logp.gather(-1, safe[..., None])[..., 0]
    smooth = -logp.mean(-1)
    loss = torch.lerp(nll, smooth, label_smoothing) * valid
    return loss.sum() / max(1, int(valid.sum()))
