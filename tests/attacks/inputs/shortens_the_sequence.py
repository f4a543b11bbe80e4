"""Cuts its input down to no steps at all, in place, so that there is nothing to compute for anybody.

Problem: lstm
Verdict: wrong_shape | wrong_answer | runtime_error
Naive: accepted
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    try:
        x.resize((x.shape[0], 0, x.shape[2]), refcheck=False)
    except ValueError:
        pass
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
