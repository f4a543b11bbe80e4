"""Sends itself the signal of a bad access.

Problem: lstm
Verdict: runtime_error | wrong_answer
Naive: dies
"""

import signal

import numpy as np


def attack():
    signal.raise_signal(signal.SIGSEGV)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
