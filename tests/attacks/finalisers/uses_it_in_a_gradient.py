"""Uses what is forbidden in a hook of a gradient, in the engine that works gradients out.

Problem: lstm
Framework: torch
Verdict: forbidden | runtime_error
Naive: accepted
"""

import torch

# @include library_lstm


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    found = []
    one = torch.ones(1, requires_grad=True)
    one.register_hook(lambda gradient: found.append(library_lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)))
    with torch.enable_grad():
        (one * 2).backward()
    return found[0] if found else None
