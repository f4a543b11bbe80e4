"""Computes in C for longer than anybody waits, where no signal of Python's is heard.

Problem: lstm
Verdict: time_limit
Naive: hangs
"""

import numpy as np


def attack():
    print("@TOKEN@", flush=True)
    sum(range(1 << 62))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
