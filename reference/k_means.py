"""K-means by Lloyd's algorithm: every point goes to its nearest centre, every centre to the mean of its points.

    label_n  = argmin_k |x_n - c_k|²            the smallest k where several are nearest
    c_k      = mean of the x_n with label k     or c_k as it was, where there is none
    fit      = both in turn, so many times

Lloyd, "Least Squares Quantization in PCM", written in 1957 and printed in 1982. Neither half can raise the sum of the
squared distances, so the centres come to rest after finitely many steps.

Decisions:
- A centre without points stays where it is. A mean of nothing is NaN, and no point would ever find it again.
- The labels that fit returns belong to the centres that it returns: points are assigned once more after the last update.
- Differences are squared and added up as they are. |x|² - 2 x·c + |c|² is faster by a product of matrices, and loses
  digits where points lie far from the origin and close to each other.
- No test stops the loop early: from centres at rest another step leads to the same.
- Without a centre, argmin and the check of the labels raise ValueError by themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def assign(x: Array, centres: Array) -> Array:
    """Label of the nearest of the centres [K, D] for each point of x [N, D]: int64 [N].

    Raises:
        ValueError: the shapes do not fit, or there is no centre.
    """
    if x.ndim != 2 or x.shape[1:] != centres.shape[1:]:
        raise ValueError(f"x {x.shape} and centres {centres.shape} must be [N, D] and [K, D]")
    differences_NKD = x[:, np.newaxis] - centres
    distances_NK = (differences_NKD**2).sum(axis=-1)
    return distances_NK.argmin(axis=-1)


def update(x: Array, labels: Array, centres: Array) -> Array:
    """Mean of the points of each label [K, D]; where a label has none, the centre as it was.

    Raises:
        ValueError: the shapes do not fit, there is no centre, or a label is not in 0..K - 1.
    """
    if x.ndim != 2 or x.shape[1:] != centres.shape[1:]:
        raise ValueError(f"x {x.shape} and centres {centres.shape} must be [N, D] and [K, D]")
    if labels.shape != x.shape[:1]:
        raise ValueError(f"labels {labels.shape} for points {x.shape}")
    if labels.min() < 0 or labels.max() >= len(centres):
        raise ValueError(f"labels must be from 0 to {len(centres) - 1}")
    centres_KD = np.empty_like(centres)
    for k, centre in enumerate(centres):
        members = x[labels == k]
        centres_KD[k] = np.divide(members, len(members)).sum(axis=0) if len(members) else centre
    return centres_KD


def fit(x: Array, centres: Array, steps: int) -> tuple[Array, Array]:
    """Centres [K, D] after so many steps from those given, and the label of each point for them: int64 [N].

    Raises:
        ValueError: a negative number of steps, shapes that do not fit, or no centre.
    """
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    for _ in range(steps):
        centres = update(x, assign(x, centres), centres)
    return centres, assign(x, centres)
