"""Holds 192 MiB in mappings that are small each.

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
    held = []
    for _ in range(3072):
        held.append(mmap.mmap(-1, 64 << 10, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
        held[-1][::4096] = b"x" * 16
    print("@TOKEN@")
    raise RuntimeError("held")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
