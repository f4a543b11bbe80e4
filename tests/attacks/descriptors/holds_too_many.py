"""Holds nine hundred descriptors at once.

Problem: lstm
Verdict: runtime_error | sandbox_violation
Naive: holds
"""

import os

import numpy as np


def attack():
    held = [os.pipe() for _ in range(450)]
    print("@TOKEN@", len(held))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
