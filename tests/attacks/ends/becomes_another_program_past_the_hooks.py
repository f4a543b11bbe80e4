"""Puts a program that succeeds in the place of its own, with the C library's own function.

Problem: lstm
Verdict: forbidden | sandbox_violation | runtime_error | wrong_answer
Naive: accepted
Needs: walls
"""

import numpy as np

# @include libc


def attack():
    arguments = (ctypes.c_void_p * 2)(text("true"), None)
    libc("execv")(text("/bin/true"), ctypes.addressof(arguments), 0, 0, 0, 0)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
