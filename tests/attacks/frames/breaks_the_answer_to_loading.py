"""Sends the answer to loading itself, with an exception in it whose parts are arrays.

Problem: lstm
Verdict: sandbox_violation
Naive: dies
"""
import os

import numpy as np

# @include channel

found = channel()
if found is None:
    os.abort()
raised = {"type": "E", "bases": [], "message": "", "memory": False, "frames": [np.ones(2)]}
found.send(sequence(), {"defined": [], "faults": [], "notes": [], "raised": raised})


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
