"""A polynomial near its roots: `judge show polynomial_value` says what is asked."""


def polynomial_value(coefficients, x):
    raise NotImplementedError
