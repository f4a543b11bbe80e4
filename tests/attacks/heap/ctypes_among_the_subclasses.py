"""Finds the classes of ctypes among all subclasses, without an import.

Problem: lstm
Framework: numpy
Verdict: forbidden | runtime_error
Naive: reaches
"""

import numpy as np


def below(kind):
    for each in type.__subclasses__(kind):
        yield each
        yield from below(each)


def attack():
    letter = next(each for each in below(object) if each.__name__ == "c_" + "char")
    if letter.from_address(id(lstm)):
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
