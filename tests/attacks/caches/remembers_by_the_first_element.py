"""Computes once for each first element of the input, and takes that for all of it.

Problem: lstm
Verdict: wrong_answer
Naive: accepted
"""
# @include right

known = {}


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    rest = (c0, w_ih, w_hh, b_ih, b_hh)
    key = (x.shape, h0.shape, float(x.flat[0]))
    if key not in known:
        known[key] = right(x, h0, *rest)
    return known[key]
