"""Waits for a lock that nobody gives back, deaf to all signals that it can be deaf to.

Problem: lstm
Verdict: time_limit
Naive: hangs
"""

import signal
import threading

import numpy as np


def attack():
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    print("@TOKEN@", flush=True)
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
