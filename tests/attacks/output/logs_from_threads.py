"""Prints from eight threads at once while the file is loaded.

Problem: lstm
Verdict: wrong_answer | time_limit
Naive: floods
"""

import sys
import threading

import numpy as np


def flood():
    for _ in range(1 << 10):
        sys.stderr.write("y" * 1023 + "\n")


threads = [threading.Thread(target=flood) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
