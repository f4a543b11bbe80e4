"""Writes a flood to standard output and standard error past Python's own streams.

Problem: lstm
Verdict: runtime_error | time_limit
Naive: floods
"""

import os

import numpy as np


def attack():
    for _ in range(4):
        for number in (1, 2):
            part = memoryview(bytes(1 << 20))
            while part:
                part = part[os.write(number, part) :]
    raise RuntimeError("said enough")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
