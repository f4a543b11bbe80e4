"""Reads the command line and the environment of another process of the user's.

Problem: lstm
Verdict: runtime_error | sandbox_violation | wrong_answer
Naive: leaks
"""

import re

import numpy as np


def attack():
    for name in ("cmdline", "environ"):
        data = open("/proc/@DECOY_PID@/" + name, "rb").read()
        print(re.findall(rb"judge-secret-[0-9a-f]{32}", data))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
