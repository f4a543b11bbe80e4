"""Asks whether it may send a signal to everybody: number 0, which does nothing, to the process -1.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: reaches
"""

import os

import numpy as np


def attack():
    os.kill(-1, 0)
    print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
