"""Judging random results by how often they come, with a bound on the chance that a right answer is rejected.

A count of n draws with probability p each is rejected where Chernoff's bound on its tail, exp(-n KL(count / n || p)), is below
`TAIL`. With fewer than 10,000 such tests a run, a right answer is rejected less than once in 1e9 runs.
"""

from __future__ import annotations

import math

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
