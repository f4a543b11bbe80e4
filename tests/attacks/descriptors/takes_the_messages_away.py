"""Reads away whatever stands in the pipes and sockets that it was born with.

Problem: lstm
Verdict: wrong_answer | runtime_error | sandbox_violation | time_limit
Naive: leaks
"""

import os

import numpy as np


def attack():
    for number in range(3, 1000):
        try:
            os.set_blocking(number, False)
            os.lseek(number, 0, 0)
        except OSError:
            pass
        try:
            print(os.read(number, 1000))
        except OSError:
            pass
    raise RuntimeError("seen enough")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
