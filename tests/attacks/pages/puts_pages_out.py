"""Has the pages of a library put out of memory, so that another run may miss them.

Problem: lstm
Framework: numpy
Verdict: runtime_error | sandbox_violation | forbidden
Naive: reaches
Needs: walls
"""

import os

import numpy as np


def attack():
    os.posix_fadvise(os.open(np.__file__, os.O_RDONLY), 0, 0, os.POSIX_FADV_DONTNEED)
    print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
