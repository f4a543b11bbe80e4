"""The powers of x, one after the other, with many digits."""

import mpmath


def polynomial_value(coefficients, x):
    with mpmath.workdps(400):
        power, total = mpmath.mpf(1), mpmath.mpf(0)
        for coefficient in coefficients:
            total += coefficient * power
            power *= x
        return float(total)
