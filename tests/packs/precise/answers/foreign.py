"""NumPy has polynomials, too."""

import numpy as np


def polynomial_value(coefficients, x):
    return float(np.polynomial.Polynomial(coefficients)(x))
