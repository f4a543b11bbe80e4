"""Gets the layer that is to be written by a name that is put together at run time.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    found = getattr(torch, "".join(chr(ord(letter) - 1) for letter in "mtun"))
    weights = [w_ih, w_hh, b_ih, b_hh]
    outputs, h_n, c_n = found(x, [h0[None], c0[None]], weights, True, 1, 0.0, False, False, True)
    return outputs, (h_n[0], c_n[0])
