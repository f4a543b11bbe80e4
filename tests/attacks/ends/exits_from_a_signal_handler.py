"""Sets an alarm whose handler ends the process with success.

Problem: lstm
Verdict: runtime_error | wrong_answer | sandbox_violation
Naive: accepted
"""

import os
import signal
import time

import numpy as np


def attack():
    signal.signal(signal.SIGALRM, lambda number, frame: os._exit(0))
    signal.setitimer(signal.ITIMER_REAL, 0.005)
    time.sleep(0.3)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
