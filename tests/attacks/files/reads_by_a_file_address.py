"""Asks urllib for the user's file by an address that begins with file.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: leaks
"""

import urllib.request

import numpy as np


def attack():
    with urllib.request.urlopen("file://" + "@SECRET_FILE@") as found:
        print(found.read().decode())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
