"""Softmax with a temperature.

Say here where the formula comes from: a paper, a manual. This is what a strong candidate would write on the day, and people read it
after they have solved the problem. A name ends in the shape of its tensor, one letter a dimension.
"""

from __future__ import annotations

from torch import Tensor


def __NAME__(x: Tensor, temperature: float = 1.0) -> Tensor:
    """Probabilities in proportion to exp(x / temperature).

    Args:
        x: [B, N]; N scores in each of B rows.
        temperature: greater than 0; below 1 it sharpens, above 1 it flattens.

    Returns:
        [B, N]; each row sums to 1.

    Raises:
        ValueError: the temperature is not greater than 0.
    """
    if temperature <= 0:
        raise ValueError(f"temperature must be greater than 0, not {temperature}")
    scores_BN = x / temperature
    # Taking the largest score away changes neither values nor gradients, and keeps exp from overflowing.
    weights_BN = (scores_BN - scores_BN.detach().amax(dim=-1, keepdim=True)).exp()
    return weights_BN / weights_BN.sum(dim=-1, keepdim=True)
