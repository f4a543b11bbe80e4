"""Raises an exception whose text ends the process with success when it is asked for.

Problem: lstm
Verdict: runtime_error
Naive: accepted
"""

import os


class Shy(Exception):
    def __str__(self):
        os._exit(0)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    raise Shy
