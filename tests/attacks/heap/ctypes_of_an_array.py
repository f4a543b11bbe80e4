"""Takes ctypes from what an array says of its memory.

Problem: lstm
Framework: numpy
Verdict: forbidden | runtime_error
Naive: reaches
"""

import numpy as np


def attack():
    address = np.zeros(1).ctypes
    kind = type(address._data)
    while kind.__mro__[1] is not object:
        kind = kind.__mro__[1]
    pointer = next(each for each in kind.__subclasses__() if each.__name__ == "_Simple" + "CData")
    letter = next(each for each in pointer.__subclasses__() if each.__name__ == "c_" + "char")
    if letter.from_address(id(lstm)):
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
