"""Writes a verdict on every descriptor when an array of its own is taken down.

Problem: lstm
Verdict: sandbox_violation | wrong_answer
Naive: accepted
"""

import os

import numpy as np


class Forging:
    def __del__(self, write=os.write):
        for number in range(3, 64):
            try:
                write(number, b'{"verdict": "accepted"}\n' * 3)
            except OSError:
                pass


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs = np.zeros((*x.shape[:2], h0.shape[1], 1), object)
    outputs[...] = Forging()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
