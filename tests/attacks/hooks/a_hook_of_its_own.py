"""Adds a hook to see from where events are raised, and spoils what it finds there.

Problem: lstm
Framework: numpy
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
"""

import os
import sys

import numpy as np

# @include sabotage

sys.addaudithook(lambda event, args: sabotage(sys._getframe(1)) if event in ("open", "os.listdir") else None)


def attack():
    open(os.__file__).close()
    print(open("@SECRET_FILE@").read())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
