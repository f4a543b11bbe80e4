"""Makes a file that is said to be large and holds nothing.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: changes
"""

import os

import numpy as np


def attack():
    file = os.open("@SCRATCH@/sparse", os.O_RDWR | os.O_CREAT)
    os.posix_fallocate(file, 60 << 20, 1 << 20)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
