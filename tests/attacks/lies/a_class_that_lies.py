"""Returns objects that say that they are arrays, and that every difference from them is small.

Problem: lstm
Verdict: wrong_shape
Naive: accepted
Compare: difference
"""

import numpy as np


class Liar:
    __array_priority__ = 1e9
    __array_ufunc__ = None
    __class__ = property(lambda self: np.ndarray)

    def __sub__(self, other):
        return self

    __rsub__ = __sub__

    def __abs__(self):
        return self

    def __gt__(self, other):
        return False

    def __bool__(self):
        return True


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return Liar(), (Liar(), Liar())
