"""Starts fifty threads that compute for ever, and waits for none of them.

Problem: lstm
Verdict: time_limit | runtime_error | memory_limit
Naive: hangs
"""

import threading

import numpy as np


def spin():
    while True:
        pass


def attack():
    threading.stack_size(64 << 10)
    print("@TOKEN@", flush=True)
    threads = [threading.Thread(target=spin) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
