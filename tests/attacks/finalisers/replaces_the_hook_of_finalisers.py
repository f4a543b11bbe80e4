"""Replaces what is done with exceptions in finalisers, and raises one there.

Problem: lstm
Verdict: runtime_error
Naive: accepted
"""

import os
import sys

import numpy as np


class Failing:
    def __del__(self):
        raise ValueError


def attack():
    sys.unraisablehook = lambda found: os._exit(0)
    Failing()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
