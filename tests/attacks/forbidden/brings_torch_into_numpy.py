"""Imports torch at run time into a file that is judged as NumPy, and has it do the work.

Problem: lstm
Framework: numpy
Verdict: forbidden
Naive: reaches
"""

import importlib

import numpy as np


def attack():
    if importlib.import_module("".join(reversed("hcrot"))).lstm:
        print("@TOKEN@")
        raise RuntimeError("found")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
