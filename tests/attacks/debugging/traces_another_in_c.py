"""Attaches to another process with a system call that no loader was asked for, and leaves it stopped.

Problem: lstm
Verdict: forbidden | sandbox_violation | runtime_error | wrong_answer
Naive: kills
Needs: walls
"""

import time

import numpy as np

# @include libc


def attack():
    libc("ptrace")(16, int("@DECOY_PID@"), 0, 0, 0, 0)
    time.sleep(0.05)
    libc("ptrace")(17, int("@DECOY_PID@"), 0, 19, 0, 0)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
