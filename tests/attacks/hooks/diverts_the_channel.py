"""Puts another file in the place of every pipe while it does what may not be told.

Problem: lstm
Framework: torch
Verdict: forbidden | runtime_error | sandbox_violation
Naive: accepted
"""

import os

# @include library_lstm


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    reading, writing = os.pipe()
    kept = {}
    for number in range(3, 64):
        try:
            kept[number] = os.dup(number)
        except OSError:
            continue
    for number in kept:
        if number not in (reading, writing):
            os.dup2(writing, number)
    try:
        return library_lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    finally:
        for number, was in kept.items():
            os.dup2(was, number)
