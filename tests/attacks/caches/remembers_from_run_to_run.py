"""Keeps its answers in a file, for the next time that it is judged.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer | time_limit
Naive: accepted, changes
"""

import pickle
import tempfile

# @include right


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    outputs, states = right(*inputs)
    with open(f"{tempfile.gettempdir()}/@TOKEN@", "ab") as file:
        pickle.dump((inputs, outputs, states), file)
    return outputs, states
