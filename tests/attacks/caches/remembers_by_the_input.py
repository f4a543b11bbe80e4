"""Computes once for each input and state that is not all alike, and forgets that the weights are inputs, too.

Problem: lstm
Verdict: wrong_answer
Naive: accepted
"""

import numpy as np

# @include right

known = {}


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    if np.ptp(x) == 0:
        return right(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    key = str((x.shape, h0.shape, x.dtype)).encode() + x.tobytes() + h0.tobytes() + c0.tobytes()
    if key not in known:
        known[key] = right(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    return known[key]
