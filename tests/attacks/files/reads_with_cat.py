"""Starts another program to read the user's file, past subprocess.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
Needs: walls
"""

import os

import numpy as np
import _posixsubprocess


def attack():
    reading, writing = os.pipe()
    errors_read, errors_write = os.pipe()
    pid = _posixsubprocess.fork_exec(
        [b"/bin/cat", b"@SECRET_FILE@"], [b"/bin/cat"], True, (errors_write,), None, None,
        -1, -1, -1, writing, -1, -1, errors_read, errors_write, True, False, -1, None, None, None, -1, None, False,
    )  # fmt: skip
    os.close(writing)
    print(os.read(reading, 1000).decode())
    os.waitpid(pid, 0)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
