"""Targets are kept in a byte: class 256 is taken for 0.

Verdict: wrong_answer
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def mlp_backward(
    x: Array, targets: Array, w1: Array, b1: Array, w2: Array, b2: Array
) -> tuple[Any, tuple[Array, Array, Array, Array, Array]]:
    """The mean loss over a batch, and its gradients.

    Args:
        x: inputs [B, I].
        targets: the right class of each row, 0 to O - 1 [B].
        w1: weights of the hidden layer [I, H].
        b1: its bias [H].
        w2: weights of the output layer [H, O].
        b2: its bias [O].

    Returns:
        The loss, a number; and its gradients for x [B, I], w1 [I, H], b1 [H], w2 [H, O] and b2 [O].

    Raises:
        ValueError: a target is no class.
    """
    if targets.min() < 0 or targets.max() >= len(b2):
        raise ValueError(f"targets must be from 0 to {len(b2) - 1}")
    z_BH = x @ w1 + b1
    h_BH = np.maximum(z_BH, 0)
    scores_BO = h_BH @ w2 + b2
    top_B = scores_BO.max(axis=1)
    log_sum_B = np.log(np.exp(scores_BO - top_B[:, None]).sum(axis=1)) + top_B
    log_probs_BO = scores_BO - log_sum_B[:, None]
    rows_B = np.arange(len(x))
    targets = targets % 256
    loss = -log_probs_BO[rows_B, targets].mean()

    d_scores_BO = np.exp(log_probs_BO)
    d_scores_BO[rows_B, targets] -= 1
    d_scores_BO /= len(x)
    d_w2_HO = h_BH.T @ d_scores_BO
    d_b2_O = d_scores_BO.sum(axis=0)
    d_z_BH = (d_scores_BO @ w2.T) * (z_BH > 0)
    d_w1_IH = x.T @ d_z_BH
    d_b1_H = d_z_BH.sum(axis=0)
    d_x_BI = d_z_BH @ w1.T
    return loss, (d_x_BI, d_w1_IH, d_b1_H, d_w2_HO, d_b2_O)
