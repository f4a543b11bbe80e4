"""A polynomial near its roots: `judge show polynomial_value` says what is asked."""

import mpmath


def polynomial_value(coefficients, x):
    raise NotImplementedError
