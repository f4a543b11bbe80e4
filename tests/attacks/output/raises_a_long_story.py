"""Raises an exception whose message is longer than any book.

Problem: lstm
Verdict: runtime_error | memory_limit
Naive: floods
"""


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    raise ValueError("far too long " * (1 << 20))
