"""Searches the stack of another process for its secret, through /proc.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
"""

import re

import numpy as np


def attack():
    for line in open("/proc/@DECOY_PID@/maps"):
        if "[stack]" in line:
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            with open("/proc/@DECOY_PID@/mem", "rb") as memory:
                memory.seek(start)
                print(re.findall(rb"judge-secret-[0-9a-f]{32}", memory.read(end - start)))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
