"""Raises the exception of a user who interrupts.

Problem: lstm
Verdict: runtime_error
Naive: dies
"""


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    raise KeyboardInterrupt
