"""Saves an array into a folder of the user's as soon as the file is loaded.

Problem: lstm
Verdict: sandbox_violation | load_error
Naive: changes
"""

import numpy as np

np.save("@SCRATCH@/saved.npy", np.ones(3))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
