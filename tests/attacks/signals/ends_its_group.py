"""Sends its whole process group a signal that ends it.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: dies
"""

import os
import signal

import numpy as np


def attack():
    while os.getpgrp() == int("@GROUP@"):
        pass  # the tests would end with it: a verdict that is not fair tells them as well
    os.killpg(0, signal.SIGTERM)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
