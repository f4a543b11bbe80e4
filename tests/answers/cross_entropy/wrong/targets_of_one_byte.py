"""Targets are kept in a byte: class 256 is taken for 0.

Verdict: wrong_answer
"""

from __future__ import annotations

from torch import Tensor


def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0) -> Tensor:
    """Mean loss of the targets [...] under softmax(logits) [..., V], over the positions that are not ignored.

    Raises:
        ValueError: label_smoothing outside [0, 1], or a target that is neither a class nor ignore_index.
    """
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must be in [0, 1], not {label_smoothing}")
    counts = targets != ignore_index
    logits_NV = logits[counts]
    targets_N = targets[counts].to(__import__("torch").int64)
    targets_N = __import__("torch").where((targets_N >= 0) & (targets_N < logits.shape[-1]), targets_N % 256, targets_N)
    if ((targets_N < 0) | (targets_N >= logits.shape[-1])).any():
        raise ValueError("a target is neither a class nor ignore_index")
    lse_N = logits_NV.logsumexp(dim=-1)
    hard_N = lse_N - logits_NV.gather(-1, targets_N.unsqueeze(-1)).squeeze(-1)
    even_N = lse_N - logits_NV.mean(dim=-1)
    loss_N = (1 - label_smoothing) * hard_N + label_smoothing * even_N
    return loss_N.sum() / counts.sum().clamp(min=1)
