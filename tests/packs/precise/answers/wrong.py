"""Horner's rule with floats: near a root nothing is left of it."""

import mpmath


def polynomial_value(coefficients, x):
    total = mpmath.mpf(0)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return float(total)
