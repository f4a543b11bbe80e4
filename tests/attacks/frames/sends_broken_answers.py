"""Sends answers with the right key that are nothing a judge can read.

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
        for number in range(3, 20):
            try:
                os.write(number, b"{\n")
            except OSError:
                pass
        return
    text = b'{"tree": {"d": [["notes", {"l": []}], ["value", {"a": 0, "y": "float64", "s": [1099511627776], "r": [0], "n": 0, "u": 0}]]}, "buffers": [8]}'
    frame = found.key + sequence().to_bytes(8, "little") + len(text).to_bytes(8, "little") + (8).to_bytes(8, "little")
    found._os_write(found._write_fd, frame + text + bytes(8))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
