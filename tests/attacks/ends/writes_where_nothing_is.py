"""Writes far behind the end of an array, where nothing is mapped.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: dies
"""

import numpy as np


def attack():
    np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 40,), (1 << 12,))[1 << 30 :: 1 << 20] = 1


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
