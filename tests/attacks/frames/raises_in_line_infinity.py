"""Sends an answer with the right key whose exception stands in a line that is no whole number.

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
    raised = {
        "type": "E",
        "bases": [],
        "message": "",
        "memory": False,
        "frames": [{"line": float("inf"), "function": ""}],
    }
    found.send(sequence(), {"program": 0, "step": 0, "last": True, "notes": [], "raised": raised})


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
