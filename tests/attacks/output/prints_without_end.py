"""Prints more than anybody wants to read.

Problem: lstm
Verdict: runtime_error | time_limit
Naive: floods
"""

import numpy as np


def attack():
    line = "x" * 1023
    for _ in range(8 << 10):
        print(line)
    raise RuntimeError("said enough")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
