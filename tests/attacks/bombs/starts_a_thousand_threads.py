"""Has a thousand threads alive at once, each with the smallest of stacks.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer | memory_limit | time_limit
Naive: holds
Needs: walls
"""

import threading

import numpy as np


def attack():
    threading.stack_size(32 << 10)
    wait = threading.Event()
    threads = [threading.Thread(target=wait.wait, daemon=True) for _ in range(1000)]
    try:
        for thread in threads:
            thread.start()
        if threading.active_count() > 900:
            print("@TOKEN@")
    finally:
        wait.set()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
