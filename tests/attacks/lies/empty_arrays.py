"""Returns arrays without elements, all of which are close to anything.

Problem: lstm
Verdict: wrong_shape
Naive: accepted
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return np.zeros((*x.shape[:2], 0), x.dtype), (h0[:, :0], c0[:, :0])
