"""Exchanges the body of NumPy's comparison, which holds for whoever has taken hold of it before.

Problem: lstm
Verdict: wrong_answer | load_error
Naive: accepted
"""

import numpy as np

np.allclose.__wrapped__.__code__ = (lambda a, b, rtol=0, atol=0, equal_nan=False: True).__code__


def attack():
    pass


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
