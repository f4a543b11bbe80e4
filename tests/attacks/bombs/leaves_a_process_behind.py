"""Starts a process in a session of its own, which goes on when everything else has ended.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: lingers
"""

import os
import time

import numpy as np


def attack():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 100)
            time.sleep(20)
        os._exit(0)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
