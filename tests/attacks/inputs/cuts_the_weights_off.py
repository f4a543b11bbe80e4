"""Sets the weights to zero, so that a wrong recurrence agrees with a right one.

Problem: lstm
Verdict: wrong_answer
Naive: accepted
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    for array in (w_ih, w_hh, b_ih, b_hh, c0):
        array *= 0
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (0 * h0, c0)
