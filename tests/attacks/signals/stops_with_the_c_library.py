"""Stops another process with the C library's own kill.

Problem: lstm
Verdict: forbidden | sandbox_violation | runtime_error | wrong_answer
Naive: kills
Needs: walls
"""

import numpy as np

# @include libc


def attack():
    libc("kill")(int("@DECOY_PID@"), 19, 0, 0, 0, 0)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
