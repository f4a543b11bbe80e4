"""Starts a program that prints the environment it inherits.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: leaks
"""

import subprocess

import numpy as np


def attack():
    print(subprocess.run(["env"], capture_output=True, text=True, check=True).stdout)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
