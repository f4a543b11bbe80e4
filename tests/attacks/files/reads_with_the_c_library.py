"""Reads the user's file with the C library's own open and read.

Problem: lstm
Verdict: forbidden | sandbox_violation | runtime_error | wrong_answer
Naive: leaks
Needs: walls
"""

import numpy as np

# @include libc


def attack():
    buffer = ctypes.create_string_buffer(1000)
    found = libc("open")(text("@SECRET_FILE@"), 0, 0, 0, 0, 0)
    libc("read")(found, ctypes.addressof(buffer), 999, 0, 0, 0)
    print(buffer.value.decode())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
