"""Has garbage collected while the hook is at work, and spoils what is at work.

Problem: lstm
Framework: numpy
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
Needs: walls
"""

import gc
import os
import sys

import numpy as np

# @include sabotage


def attack():
    gc.callbacks.append(lambda phase, info: sabotage(sys._getframe(1)))
    gc.set_threshold(1, 1, 1)
    for _ in range(20):
        open(os.__file__).close()
    gc.callbacks.clear()
    gc.set_threshold(700, 10, 10)
    print(open("@SECRET_FILE@").read())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
