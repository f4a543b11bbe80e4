"""Returns what is not a number, which differs from nothing by more than anything.

Problem: lstm
Verdict: wrong_answer
Naive: accepted
Compare: difference
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return np.full((*x.shape[:2], h0.shape[1]), np.nan, x.dtype), (h0 * np.nan, c0 * np.nan)
