"""Holds 192 MiB in one array of bytes.

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
    held = bytearray(192 << 20)
    held[::4096] = b"x" * len(held[::4096])
    print("@TOKEN@", len(held))
    raise RuntimeError("held")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
