"""The value of a polynomial, to the last digit of a float."""

import sys

import mpmath


def polynomial_value(coefficients: list[int], x: float) -> float:
    """Horner's rule with as many bits as the largest float has before its point: more than any product here needs."""
    with mpmath.workprec(sys.float_info.max_exp):
        total = mpmath.mpf(0)
        for coefficient in reversed(coefficients):
            total = total * x + coefficient
        return float(total)
