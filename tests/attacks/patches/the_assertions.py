"""Replaces NumPy's assertions by ones that never fail.

Problem: lstm
Verdict: wrong_answer
Naive: accepted
Compare: testing
"""

import numpy as np
import numpy.testing

numpy.testing.assert_allclose = numpy.testing.assert_array_equal = lambda *args, **kwargs: None


def attack():
    pass


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
