"""Replaces the generator of random numbers, so that all tests are made of zeros.

Problem: lstm
Verdict: wrong_answer
Naive: accepted
"""

import numpy as np


class Zeros:
    def normal(self, *args, size=None, **kwargs):
        return np.zeros(size)


np.random.default_rng = lambda *args: Zeros()


def attack():
    pass


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
