"""Writes random bytes on every descriptor.

Problem: lstm
Verdict: sandbox_violation
Naive: dies
"""

import os
import random

import numpy as np


def attack():
    noise = random.Random(5).randbytes(400) + b"\n"
    for number in range(3, 300):
        try:
            os.write(number, noise)
        except OSError:
            pass


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
