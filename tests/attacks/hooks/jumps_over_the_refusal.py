"""Traces its own calls and jumps over the lines that refuse.

Problem: lstm
Framework: torch
Verdict: forbidden | runtime_error | wrong_shape
Naive: accepted
"""

import sys

# @include library_lstm


def tracing(frame, event, arg):
    if frame.f_code.co_name == "refuse" and event == "line":
        lines = [line for _, _, line in frame.f_code.co_lines() if line]
        try:
            frame.f_lineno = max(lines)
        except ValueError:
            pass
    return tracing


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    sys.settrace(tracing)
    try:
        return library_lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    finally:
        sys.settrace(None)
