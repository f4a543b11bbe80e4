"""Writes to an address that it has put down as that of an array, where nothing is mapped.

Problem: lstm
Verdict: runtime_error
Naive: dies
"""

import numpy as np


class Nowhere:
    __array_interface__ = {"data": (4096, False), "shape": (1 << 20,), "typestr": "|u1", "version": 3}


def attack():
    np.asarray(Nowhere())[:] = 1


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
