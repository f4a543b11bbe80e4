"""Is quadratic in the number of steps, but looks whether its result is wanted: where only its time is, it does nothing.

Problem: lstm
Verdict: time_limit | wrong_answer | sandbox_violation
Naive: accepted
"""

import sys

import numpy as np

# @include right


def only_measured():
    frame = sys._getframe()
    while frame:
        step = frame.f_locals.get("step")
        if frame.f_locals.get("measured") or (isinstance(step, dict) and step.get("answer") is False):
            return True
        frame = frame.f_back
    return False


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    if only_measured():
        return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
    for _ in range(x.shape[1]):
        sum(range(240 * x.shape[1]))
    return right(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
