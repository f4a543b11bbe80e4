"""Opens the user's file through the root folder of another process, which lies outside of its own.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
"""

import numpy as np


def attack():
    print(open("/proc/@DECOY_PID@/root" + "@SECRET_FILE@").read())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
