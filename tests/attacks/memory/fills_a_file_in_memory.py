"""Writes 192 MiB into files that have no name and lie in memory.

Problem: lstm
Verdict: memory_limit | runtime_error | sandbox_violation
Naive: holds
"""

import os

import numpy as np


tried = []


def attack():
    if tried:
        return
    tried.append(True)
    part = bytes(48 << 20)
    for number in range(4):
        file = os.memfd_create(str(number))
        if os.write(file, part) != len(part):
            raise OSError("written in part")
    print("@TOKEN@")
    raise RuntimeError("held")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
