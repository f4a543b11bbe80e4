"""Replaces every other function of the asked name by its own.

Problem: lstm
Verdict: wrong_answer
Naive: accepted
"""

import sys

import numpy as np


def attack():
    for module in list(sys.modules.values()):
        if "lstm" in getattr(module, "__dict__", {}):
            module.lstm = lstm
    frame = sys._getframe()
    while frame:
        if "reference" in frame.f_locals:
            frame.f_locals["reference"].lstm = lstm
        frame = frame.f_back


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
