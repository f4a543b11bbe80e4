"""Is woken by a clock while the hook is at work, and spoils what is at work.

Problem: lstm
Framework: numpy
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
Needs: walls
"""

import os
import signal
import time

import numpy as np

# @include sabotage


def attack():
    signal.signal(signal.SIGALRM, lambda number, frame: sabotage(frame))
    signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
    ends = time.monotonic() + 0.3
    while time.monotonic() < ends:
        open(os.__file__).close()
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    print(open("@SECRET_FILE@").read())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
