"""Asks the C library for a variable of the environment, in case Python's copy was emptied only.

Problem: lstm
Verdict: forbidden | wrong_answer | sandbox_violation | runtime_error
Naive: leaks
Needs: walls
"""

import numpy as np

# @include libc


def attack():
    found = libc("getenv")(text("JUDGE_SECRET"), 0, 0, 0, 0, 0)
    if found:
        print(bytes((ctypes.c_char * 45).from_address(found)))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
