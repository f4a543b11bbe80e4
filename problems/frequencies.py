"""Judging random results by how often they come, with a bound on the chance that a right answer is rejected.

A count of n draws with probability p each is rejected where Chernoff's bound on its tail, exp(-n KL(count / n || p)), is below
`TAIL`. With fewer than 10,000 such tests a run, a right answer is rejected less than once in 1e9 runs.

Numbers that are drawn from a continuous distribution become uniform on [0, 1] by its cumulative distribution function. Of n of these,
the distance of their own distribution from the uniform one is bounded by 2 exp(-2 n D^2) (Dvoretzky, Kiefer and Wolfowitz, 1956, with
Massart's constant, 1990), and their first two moments by Bernstein's inequality, which sees a shift or a scale that is off by less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

TAIL = 1e-13


def divergence(observed: float, expected: float) -> float:
    """Kullback-Leibler divergence of two coins, in nats."""
    total = 0.0
    for q, p in ((observed, expected), (1 - observed, 1 - expected)):
        if q > 0:
            if p <= 0:
                return math.inf
            total += q * math.log(q / p)
    return total


def unlikely(count: int, draws: int, probability: float) -> bool:
    """Whether so many hits in so many draws would come less often than `TAIL` where the probability is right."""
    p = min(1.0, max(0.0, probability))
    return draws * divergence(count / draws, p) > -math.log(TAIL / 2)


# Of a uniform variable on [0, 1]: the mean, the variance and the largest distance from the mean, of u and of (u - 1/2)^2.
_MOMENTS = ((1 / 2, 1 / 12, 1 / 2), (1 / 12, 1 / 180, 1 / 6))


def farthest_distance(uniform: Sequence[float] | np.ndarray[Any, Any]) -> float:
    """Kolmogorov's and Smirnov's statistic: the largest distance of the empirical distribution from the uniform one."""
    found = np.sort(np.asarray(uniform, dtype=np.float64))
    steps = np.arange(len(found) + 1) / len(found)
    return float(max((steps[1:] - found).max(), (found - steps[:-1]).max()))


def off_uniform(uniform: Sequence[float], *, tail: float = TAIL) -> str:
    """What of these numbers would come less often than `tail` if they were uniform: "distribution", "mean", "spread" or ""."""
    values = np.asarray(uniform, dtype=np.float64)
    if not len(values) or not bool(np.isfinite(values).all()):
        return "distribution"
    count, nats = len(values), -math.log(tail / 2)
    for name, found, (mean, variance, most) in zip(
        ("mean", "spread"), (values, (values - 0.5) ** 2), _MOMENTS, strict=True
    ):
        off = abs(float(found.mean()) - mean)
        if count * off**2 / (2 * variance + 2 * most * off / 3) > nats:
            return name
    return "distribution" if 2 * count * farthest_distance(values) ** 2 > nats else ""
