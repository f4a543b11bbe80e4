"""Recurses in C until there is no stack left.

Problem: lstm
Verdict: runtime_error | memory_limit | time_limit
Naive: dies
"""

import sys

import numpy as np


def attack():
    sys.setrecursionlimit(1 << 30)
    nested = object
    for _ in range(1 << 20):
        nested = [nested]
    repr(nested)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
