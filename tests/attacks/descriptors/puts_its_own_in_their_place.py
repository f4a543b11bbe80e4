"""Puts the end of its own pipe in the place of every descriptor, and answers into it.

Problem: lstm
Verdict: runtime_error | sandbox_violation | time_limit
Naive: dies
"""

import os

import numpy as np


def attack():
    reading, _ = os.pipe()
    for number in range(3, 64):
        if number != reading:
            try:
                os.dup2(reading, number)
            except OSError:
                pass


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
