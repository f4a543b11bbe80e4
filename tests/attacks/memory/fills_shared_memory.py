"""Writes into a file in /dev/shm, which is memory that nobody counts as its own.

Problem: lstm
Verdict: memory_limit | runtime_error | sandbox_violation
Naive: changes
"""

import numpy as np


tried = []


def attack():
    if tried:
        return
    tried.append(True)
    with open("/dev/shm/@TOKEN@", "wb") as file:
        file.write(bytes(48 << 20))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
