"""Writes a large file where temporary ones go.

Problem: lstm
Verdict: sandbox_violation | runtime_error | memory_limit | wrong_answer
Naive: changes
"""

import tempfile

import numpy as np


def attack():
    with open(f"{tempfile.gettempdir()}/@TOKEN@", "wb") as file:
        for _ in range(40):
            file.write(bytes(1 << 20))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
