"""Sleeps, which costs no processor time.

Problem: lstm
Verdict: time_limit
Naive: hangs
"""

import time

import numpy as np


def attack():
    print("@TOKEN@", flush=True)
    time.sleep(3600)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
