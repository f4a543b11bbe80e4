"""Exchanges the functions by which paths are made absolute, so that all seem to lie in the library.

Problem: lstm
Framework: numpy
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
"""

import os
import posixpath

import numpy as np


def attack():
    for name in ("abspath", "realpath", "normpath", "join", "dirname"):
        setattr(posixpath, name, lambda *args, **kwargs: os.__file__)
    os.fspath = os.fsdecode = os.getcwd = os.readlink = lambda *args: os.__file__
    print(open("@SECRET_FILE@").read())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
