"""Has a profiler raise wherever somebody begins to tell of it.

Problem: lstm
Framework: torch
Verdict: forbidden | runtime_error
Naive: accepted
"""

import sys

# @include library_lstm


def profiling(frame, event, arg):
    if event == "call" and frame.f_code.co_name in ("offend", "add", "refuse"):
        raise KeyError(frame.f_code.co_name)
    if event == "c_call" and getattr(arg, "__name__", "") in ("write", "_exit", "pack"):
        raise KeyError(arg.__name__)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    sys.setprofile(profiling)
    try:
        return library_lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    finally:
        sys.setprofile(None)
