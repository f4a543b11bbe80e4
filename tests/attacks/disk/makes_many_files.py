"""Makes two thousand empty files where temporary ones go.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: changes
"""

import tempfile

import numpy as np


def attack():
    folder = tempfile.gettempdir()
    for number in range(2000):
        open(f"{folder}/@TOKEN@-{number}", "w").close()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
