"""The value of a polynomial, to the last digit of a float."""

import mpmath

PRECISION = 1200  # bits: more than any product of eight factors x has


def polynomial_value(coefficients: list[int], x: float) -> float:
    """Horner's rule with numbers so long that nothing is rounded before the end."""
    with mpmath.workprec(PRECISION):
        total = mpmath.mpf(0)
        for coefficient in reversed(coefficients):
            total = total * x + coefficient
        return float(total)
