"""Computes once for each shape, and gives the same answer to all inputs of that shape, those of another dtype too.

Problem: lstm
Verdict: wrong_answer | wrong_shape
Naive: accepted
"""
# @include right

known = {}


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    rest = (c0, w_ih, w_hh, b_ih, b_hh)
    if (x.shape, h0.shape) not in known:
        known[x.shape, h0.shape] = right(x, h0, *rest)
    return known[x.shape, h0.shape]
