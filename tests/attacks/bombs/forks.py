"""Forks more processes than anybody needs, and waits for them.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: spawns
"""

import os

import numpy as np


def attack():
    children = []
    for _ in range(24):
        pid = os.fork()
        if pid == 0:
            os._exit(7)
        children.append(pid)
    if all(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7 for pid in children):
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
