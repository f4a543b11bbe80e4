"""Closes every descriptor, so that nobody hears of its verdict.

Problem: lstm
Verdict: runtime_error | sandbox_violation | time_limit
Naive: dies
"""

import os

import numpy as np


def attack():
    os.closerange(0, 1000)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
