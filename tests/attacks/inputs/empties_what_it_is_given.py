"""Overwrites all of its inputs by zeros, so that whoever computes with them afterwards gets zeros, too.

Problem: lstm
Verdict: wrong_answer
Naive: accepted
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    for array in inputs:
        array[...] = 0
    return np.zeros((*inputs[0].shape[:2], inputs[1].shape[1]), inputs[0].dtype), (inputs[1], inputs[2])
