"""Reads memory by its address by means of a union, which raises no event.

Problem: lstm
Framework: numpy
Verdict: forbidden
Naive: reaches
"""

import importlib

import numpy as np


def attack():
    ctypes = importlib.import_module("cty" + "pes")
    both = type("Both", (ctypes.Union,), {"_fields_": [("number", ctypes.c_size_t), ("pointer", ctypes.POINTER(ctypes.c_size_t))]})()
    both.number = id(lstm)
    if both.pointer[1] == id(type(lstm)):
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
