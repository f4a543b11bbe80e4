"""mpmath's own polynomial."""

import mpmath


def polynomial_value(coefficients, x):
    with mpmath.workprec(1500):
        return float(mpmath.polyval(coefficients[::-1], x))
