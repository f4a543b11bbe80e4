"""Prints every variable of the environment that looks like a secret.

Problem: lstm
Verdict: wrong_answer
Naive: leaks
"""

import os

import numpy as np


def attack():
    for name, value in os.environ.items():
        if "SECRET" in name:
            print(name, value)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
