"""Uses a module of Python's own tests that reaches into frames and memory.

Problem: lstm
Framework: numpy
Verdict: forbidden
Naive: reaches
Asks: _testinternalcapi
"""

import importlib

import numpy as np


def attack():
    inner = importlib.import_module("_testinternal" + "capi")
    if inner.get_configs():
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
