"""Forks with the C library's own function, of which Python knows nothing.

Problem: lstm
Verdict: forbidden | sandbox_violation | runtime_error | wrong_answer | time_limit
Naive: spawns
Needs: walls
"""

import os

import numpy as np

# @include libc


def attack():
    fork, leave = libc("fork"), libc("_exit")
    children = []
    for _ in range(24):
        pid = fork(0, 0, 0, 0, 0, 0)
        if pid == 0:
            leave(7, 0, 0, 0, 0, 0)
        if 0 < pid < 1 << 31:  # -1 comes as a whole number without a sign
            children.append(pid)
    if children and all(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7 for pid in children):
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
