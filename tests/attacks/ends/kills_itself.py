"""Sends itself the signal that nobody can catch.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: dies
"""

import os
import signal

import numpy as np


def attack():
    os.kill(os.getpid(), signal.SIGKILL)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
