"""Reads a right answer from the judge's own folder and runs it.

Problem: lstm
Verdict: runtime_error | sandbox_violation
Naive: accepted
"""


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    space = {}
    exec(open("@ROOT@/problems/lstm/accepted/numpy_loop.py").read(), space)
    return space["lstm"](x, h0, c0, w_ih, w_hh, b_ih, b_hh)
