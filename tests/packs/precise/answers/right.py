"""As mpmath's manual would have it."""

from mpmath import mp, polyval


def polynomial_value(coefficients, x):
    mp.prec = 2000
    return float(polyval(list(reversed(coefficients)), mp.mpf(x)))
