"""Fractions, which round nothing."""

from fractions import Fraction


def polynomial_value(coefficients, x):
    return float(sum(coefficient * Fraction(x) ** k for k, coefficient in enumerate(coefficients)))
