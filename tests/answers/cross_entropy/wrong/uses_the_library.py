"""The library's own function, by another name.

Verdict: forbidden
"""

from torch.nn import functional


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    loss = getattr(functional, "cross" + "_entropy")
    return loss(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
