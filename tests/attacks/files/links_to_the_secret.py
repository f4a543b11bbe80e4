"""Puts a link to the user's secret where others may find it.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: changes
"""

import os

import numpy as np


def attack():
    for link in (os.symlink, os.link):
        try:
            link("@SECRET_FILE@", f"@SCRATCH@/{link.__name__}")
        except OSError as error:
            print(error)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
