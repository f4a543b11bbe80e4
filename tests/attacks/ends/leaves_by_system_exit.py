"""Raises the exception that ends a program with success.

Problem: lstm
Verdict: runtime_error
Naive: accepted
"""

import sys


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    sys.exit(0)
