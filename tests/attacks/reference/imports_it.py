"""Imports the reference, should it lie where modules are looked for.

Problem: lstm
Verdict: runtime_error | sandbox_violation
Naive: accepted
"""

import importlib


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    for name in ("reference", "problems.lstm.accepted.numpy_loop", "numpy_loop"):
        try:
            return importlib.import_module(name).lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
        except (ImportError, AttributeError):
            continue
    raise LookupError("no reference")
