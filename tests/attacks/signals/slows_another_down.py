"""Gives another process the lowest priority.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: reaches
Needs: walls
"""

import os

import numpy as np


def attack():
    os.setpriority(os.PRIO_PROCESS, int("@DECOY_PID@"), 19)
    print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
