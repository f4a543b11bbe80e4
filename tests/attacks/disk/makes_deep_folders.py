"""Makes folders inside of folders until the path is longer than programs can name.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: changes
"""

import os
import tempfile

import numpy as np


def attack():
    path = f"{tempfile.gettempdir()}/@TOKEN@"
    for _ in range(60):
        os.mkdir(path)
        path += "/" + "d" * 40


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
