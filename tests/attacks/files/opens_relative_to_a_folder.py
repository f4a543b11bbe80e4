"""Opens the root folder first and the user's file relative to it.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: leaks
"""

import os

import numpy as np


def attack():
    root = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    found = os.open("@SECRET_FILE@".lstrip("/"), os.O_RDONLY, dir_fd=root)
    print(os.read(found, 1000).decode())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
