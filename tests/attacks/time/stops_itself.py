"""Sends itself the signal that stops it, and is neither there nor gone.

Problem: lstm
Verdict: time_limit | wrong_answer
Naive: hangs
"""

import signal

import numpy as np


def attack():
    print("@TOKEN@", flush=True)
    signal.raise_signal(signal.SIGSTOP)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
