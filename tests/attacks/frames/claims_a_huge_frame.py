"""Begins an answer that is said to be longer than there is memory.

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
        os.kill(os.getpid(), 9)
    found._os_write(found._write_fd, found.key + sequence().to_bytes(8, "little") + (1 << 62).to_bytes(8, "little") * 2)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
