"""Has torch end every library of overrides as at the end of the interpreter.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import torch.library
import weakref

# @include library_lstm

for _, finalizer in list(weakref.finalize._registry.items()):
    if "librar" in str(getattr(finalizer, "func", "")):
        finalizer.func(*finalizer.args)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return library_lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
