"""Counts how often it had to wait for the disk, which tells what others have read before.

Problem: lstm
Framework: numpy
Verdict: runtime_error | sandbox_violation | forbidden
Naive: reaches
Needs: walls
"""

import resource

import numpy as np


def attack():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_majflt
    sum(open(np.__file__, "rb").read())
    print("@TOKEN@", resource.getrusage(resource.RUSAGE_SELF).ru_majflt - before)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
