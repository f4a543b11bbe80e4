"""Follows what torch's modules hold to libraries of overrides, and takes all of them back.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import sys

import torch.library

# @include library_lstm

for module in list(sys.modules.values()):
    for value in list(getattr(module, "__dict__", {}).values()):
        made = getattr(value, "m", None) if type(value) is torch.library.Library else value
        if type(made).__name__ == "_DispatchModule":
            made.reset()
            made.reset()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return library_lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
