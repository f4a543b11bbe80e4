"""Returns at once objects that compute slowly when they are looked at.

Problem: lstm
Verdict: wrong_shape
Naive: accepted
"""

import time

import numpy as np

# @include right


class Later:
    def __init__(self, inputs, pick):
        self.inputs, self.pick = inputs, pick

    def __array__(self, dtype=None, copy=None):
        time.sleep(0.05)
        return self.pick(right(*self.inputs))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    return Later(inputs, lambda r: r[0]), (Later(inputs, lambda r: r[1][0]), Later(inputs, lambda r: r[1][1]))
