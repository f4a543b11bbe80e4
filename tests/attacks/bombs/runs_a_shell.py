"""Runs a shell through each of the functions that do.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: spawns
"""

import os

import numpy as np


def attack():
    for run in (
        os.system,
        lambda line: os.spawnl(os.P_WAIT, "/bin/sh", "sh", "-c", line),
        lambda line: print(os.popen(line).read()),
    ):
        try:
            run("echo @TOKEN@")
        except OSError as error:
            print(error)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
