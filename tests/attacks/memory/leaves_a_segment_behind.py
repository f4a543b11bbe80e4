"""Makes a piece of shared memory by name and leaves it there, with the function in C that asks no hook.

Problem: lstm
Verdict: memory_limit | runtime_error | sandbox_violation | wrong_answer
Naive: changes
Needs: walls
"""

import os

import _posixshmem
import numpy as np


def attack():
    _posixshmem.shm_open("/@TOKEN@", os.O_CREAT | os.O_RDWR, mode=0o600)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
