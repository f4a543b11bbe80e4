"""Sends its own answer with the right key, and lets the judge's follow.

Problem: lstm
Verdict: sandbox_violation | wrong_answer | wrong_shape
Naive: accepted
"""

import os

import numpy as np

# @include channel


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    found = channel()
    outputs = np.zeros((*x.shape[:2], h0.shape[1]), x.dtype)
    if found is None:
        for number in range(3, 20):
            try:
                os.write(number, b'{"verdict": "accepted"}\n{"verdict": "rejected"}\n')
            except OSError:
                pass
    else:
        for _ in range(2):
            found.send(sequence(), {"program": 0, "step": 0, "last": True, "value": (outputs, (h0, c0)), "notes": []})
    return outputs, (h0, c0)
