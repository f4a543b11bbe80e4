"""Begins an answer that is said to be as long as is granted, sends none of it, and waits.

Problem: lstm
Verdict: time_limit
Naive: hangs
"""

import time

import numpy as np

# @include channel


def attack():
    found = channel()
    print("@TOKEN@", flush=True)
    if found is not None:
        found._os_write(
            found._write_fd, found.key + sequence().to_bytes(8, "little") + (1 << 20).to_bytes(8, "little") * 2
        )
    time.sleep(60)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
