"""Makes a new file in a folder of the user's.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: changes
"""

import numpy as np


def attack():
    with open("@SCRATCH@/new.txt", "w") as file:
        file.write("left here\n")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
