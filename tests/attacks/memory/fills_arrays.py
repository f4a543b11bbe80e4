"""Holds 192 MiB in NumPy arrays of modest size.

Problem: lstm
Verdict: memory_limit | runtime_error
Naive: holds
"""

import numpy as np


tried = []


def attack():
    if tried:
        return
    tried.append(True)
    held = [np.ones(1 << 20) for _ in range(24)]
    print("@TOKEN@", len(held))
    raise RuntimeError("held")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
