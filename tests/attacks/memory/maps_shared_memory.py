"""Holds 192 MiB in a shared anonymous mapping, which is no data of its own.

Problem: lstm
Verdict: memory_limit | runtime_error | sandbox_violation
Naive: holds
"""

import mmap

import numpy as np


tried = []


def attack():
    if tried:
        return
    tried.append(True)
    held = mmap.mmap(-1, 192 << 20)
    np.frombuffer(held, dtype="u1")[::4096] = 1
    print("@TOKEN@")
    raise RuntimeError("held")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
