"""Asks by a read that does not wait whether a page of a library is in memory.

Problem: lstm
Framework: numpy
Verdict: runtime_error | sandbox_violation | forbidden
Naive: reaches
Needs: walls
"""

import os

import numpy as np


def attack():
    library = os.open(np.__file__, os.O_RDONLY)
    try:
        os.preadv(library, [bytearray(1)], 0, os.RWF_NOWAIT)
    except BlockingIOError:
        pass
    print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
