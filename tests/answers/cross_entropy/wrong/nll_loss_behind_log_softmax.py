"""The library's second half.

Verdict: forbidden
"""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    logp = logits.log_softmax(-1).reshape(-1, logits.shape[-1])
    criterion = torch.nn.NLLLoss(ignore_index=ignore_index)
    return criterion(logp, targets.reshape(-1))
