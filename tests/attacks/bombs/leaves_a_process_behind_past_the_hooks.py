"""Starts a process in a session of its own with the C library, which goes on when everything else has ended.

Problem: lstm
Verdict: forbidden | sandbox_violation | runtime_error | wrong_answer
Naive: lingers
Needs: walls
"""

import numpy as np

# @include libc


def attack():
    if libc("fork")(0, 0, 0, 0, 0, 0) == 0:
        libc("setsid")(0, 0, 0, 0, 0, 0)
        for descriptor in range(100):
            libc("close")(descriptor, 0, 0, 0, 0, 0)
        libc("sleep")(20, 0, 0, 0, 0, 0)
        libc("_exit")(0, 0, 0, 0, 0, 0)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
