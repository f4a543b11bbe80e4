"""One position after the other in Python, the loss built from exponentials that are shifted by hand.

Verdict: accepted
"""

import torch


def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    if not 0 <= label_smoothing <= 1:
        raise ValueError("label_smoothing")
    V = logits.size(-1)
    total = (logits * 0).sum()
    count = 0
    for row, target in zip(logits.reshape(-1, V), targets.reshape(-1).tolist()):
        if target == ignore_index:
            continue
        if target not in range(V):
            raise ValueError(f"target {target}")
        count += 1
        top = row.max().item()
        normaliser = torch.log(sum(torch.exp(score - top) for score in row)) + top
        for v, score in enumerate(row):
            q = label_smoothing / V + (1 - label_smoothing if v == target else 0)
            if q:
                total = total + q * (normaliser - score)
    return total / max(count, 1)
