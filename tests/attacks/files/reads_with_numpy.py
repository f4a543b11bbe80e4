"""Reads the user's file as an array of bytes.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: leaks
"""

import numpy as np


def attack():
    print(np.memmap("@SECRET_FILE@", dtype="u1", mode="r").tobytes().decode())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
