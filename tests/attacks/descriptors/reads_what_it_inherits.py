"""Reads from every descriptor that it was born with, wherever it leads.

Problem: lstm
Verdict: wrong_answer | runtime_error | sandbox_violation | time_limit
Naive: leaks
"""

import os

import numpy as np


def attack():
    for number in range(3, 1000):
        try:
            print(os.pread(number, 1000, 0))
        except OSError:
            pass
    raise RuntimeError("seen enough")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
