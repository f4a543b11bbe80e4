"""Has pages of a library brought into memory, for another run to find them there.

Problem: lstm
Framework: numpy
Verdict: runtime_error | sandbox_violation | forbidden
Naive: reaches
Needs: walls
"""

import mmap
import os

import numpy as np


def attack():
    mapped = mmap.mmap(os.open(np.__file__, os.O_RDONLY), 4096, mmap.MAP_PRIVATE, mmap.PROT_READ)
    mapped.madvise(mmap.MADV_WILLNEED)
    print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
