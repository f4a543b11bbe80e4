"""Sends an answer with the right key that says what part is missing by an array, which is neither true nor false.

Problem: lstm
Verdict: sandbox_violation
Naive: dies
"""
import os

import numpy as np

# @include channel


def attack():
    found = channel()
    if found is None:
        os.abort()
    found.send(sequence(), {"program": 0, "step": 0, "last": True, "notes": [], "part": [np.ones(2), ""]})


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
