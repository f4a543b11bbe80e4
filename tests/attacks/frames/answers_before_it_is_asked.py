"""Sends the answer to the next message ahead of time, with the right key.

Problem: lstm
Verdict: sandbox_violation | wrong_answer
Naive: accepted
"""

import os

import numpy as np

# @include channel


def attack():
    found = channel()
    if found is None:
        os.write(
            max(int(name) for name in os.listdir("/proc/self/fd") if name.isdigit() and _is_pipe(name)),
            b'{"verdict": "accepted"}\n',
        )
        return
    for number in range(1, 50):
        found.send(sequence() + number, {"program": 0, "step": 0, "last": True, "value": None, "notes": []})


def _is_pipe(name):
    try:
        return os.readlink(f"/proc/self/fd/{name}").startswith("pipe:")
    except OSError:
        return False


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
