"""Replaces the builtins that a judge decides with.

Problem: lstm
Verdict: wrong_answer
Naive: accepted
"""

import builtins

import numpy as np

builtins.all = lambda values: True
builtins.abs = builtins.max = lambda *values, **options: 0
builtins.any = lambda values: False


def attack():
    pass


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
