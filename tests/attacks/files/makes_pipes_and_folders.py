"""Makes a named pipe and a device node in a folder of the user's, of which Python tells no hook.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: changes
Needs: walls
"""

import os
import stat

import numpy as np


def attack():
    os.mkfifo("@SCRATCH@/pipe")
    os.mknod("@SCRATCH@/node", stat.S_IFREG | 0o666)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
