"""Starts a pool of worker processes, as those who want more processors do.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: spawns
"""

import multiprocessing

import numpy as np


def attack():
    process = multiprocessing.get_context("fork").Process(target=print, args=("@TOKEN@",))
    process.start()
    process.join()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
