"""Has the process end with success when garbage is collected.

Problem: lstm
Verdict: runtime_error | wrong_answer
Naive: accepted
"""

import gc
import os

import numpy as np


def attack():
    gc.callbacks.append(lambda phase, info: os._exit(0))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
