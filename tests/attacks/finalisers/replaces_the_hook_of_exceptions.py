"""Replaces what is done with exceptions that nobody catches, and raises one.

Problem: lstm
Verdict: runtime_error
Naive: accepted
"""

import os
import sys


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    sys.excepthook = lambda *exception: os._exit(0)
    raise BaseException("nobody catches this")
