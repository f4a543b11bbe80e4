"""Takes ctypes from a module of NumPy's that has imported it.

Problem: lstm
Framework: numpy
Verdict: forbidden | runtime_error
Naive: reaches
"""

import numpy as np


def attack():
    held = [value for name, value in vars(np._core._internal).items() if name == "cty" + "pes"][0]
    if held.string_at(id(lstm), 8):
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
