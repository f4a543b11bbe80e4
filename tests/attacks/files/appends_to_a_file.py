"""Appends to a file of the user's by descriptor.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: changes
"""

import os

import numpy as np


def attack():
    found = os.open("@SCRATCH@/kept.txt", os.O_WRONLY | os.O_APPEND)
    os.write(found, b"one more line\n")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
