"""Adds an audit hook of its own, which ends the process with success as soon as anybody does anything.

Problem: lstm
Verdict: runtime_error | wrong_answer
Naive: accepted
"""

import os
import sys

import numpy as np


def watch(event, args):
    if event == "import" or event.startswith("object."):
        os._exit(0)


def attack():
    sys.addaudithook(watch)
    import wave


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
