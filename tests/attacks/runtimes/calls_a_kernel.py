"""Asks for the kernel of an operator and calls it by itself.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import torch

def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    internal = vars(torch)["_" + "C"]
    kernel = internal._dispatch_get_computed_kernel_for_dispatch_key("aten::ls" + "tm.input", internal.DispatchKey.CPU)
    keys = internal.DispatchKeySet(internal.DispatchKey.CPU)
    weights = [w_ih, w_hh, b_ih, b_hh]
    outputs, h_n, c_n = kernel.call_boxed(keys, x, [h0[None], c0[None]], weights, True, 1, 0.0, False, False, True)
    return outputs, (h_n[0], c_n[0])
