"""Finds the overrides of operators among all objects, and takes them back.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import gc

# @include library_lstm

gc.unfreeze()
for found in getattr(gc, "get_" + "objects")():
    if type(found).__name__ == "_DispatchModule":
        found.reset()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return library_lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
