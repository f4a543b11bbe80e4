"""Has the kernel read a library ahead.

Problem: lstm
Framework: numpy
Verdict: runtime_error | sandbox_violation | forbidden
Naive: reaches
Needs: walls
"""

import os

import numpy as np

# @include libc


def attack():
    if libc("readahead")(os.open(np.__file__, os.O_RDONLY), 0, 4096, 0, 0, 0) == 0:
        print("@TOKEN@")
    else:
        raise PermissionError("readahead")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
