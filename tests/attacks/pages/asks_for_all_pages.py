"""Asks which pages of a library are in memory.

Problem: lstm
Framework: numpy
Verdict: runtime_error | sandbox_violation | forbidden
Naive: reaches
Needs: walls
"""

import mmap
import os

import numpy as np

# @include libc


def attack():
    import ctypes

    mapped = mmap.mmap(os.open(np.__file__, os.O_RDONLY), 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
    told = ctypes.create_string_buffer(1)
    if libc("mincore")(ctypes.addressof(ctypes.c_char.from_buffer(mapped)), 4096, ctypes.addressof(told), 0, 0, 0) == 0:
        print("@TOKEN@")
    else:
        raise PermissionError("mincore")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
