"""Aborts its process.

Problem: lstm
Verdict: runtime_error
Naive: dies
"""

import os


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    os.abort()
