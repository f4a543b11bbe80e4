"""Starts another program with the function in C that subprocess itself uses.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: spawns
Needs: walls
"""

import os

import numpy as np
import _posixsubprocess


def attack():
    errors_read, errors_write = os.pipe()
    pid = _posixsubprocess.fork_exec(
        [b"/bin/sh", b"-c", b"exit 7"], [b"/bin/sh"], True, (errors_write,), None, None,
        -1, -1, -1, -1, -1, -1, errors_read, errors_write, True, False, -1, None, None, None, -1, None, False,
    )  # fmt: skip
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7:
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
