"""Holds 192 MiB, and catches the error that comes where it may not.

Problem: lstm
Verdict: memory_limit | runtime_error | wrong_answer
Naive: holds
"""

import numpy as np


tried = []


def attack():
    if tried:
        return
    tried.append(True)
    held = []
    try:
        for _ in range(24):
            held.append(np.ones(1 << 20))
        print("@TOKEN@")
        raise RuntimeError("held")
    except MemoryError:
        pass


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
