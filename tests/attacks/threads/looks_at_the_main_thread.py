"""Looks from a thread into the frames of the main thread while the hook is at work, and spoils them.

Problem: lstm
Framework: numpy
Verdict: forbidden | sandbox_violation | runtime_error | wrong_answer
Naive: leaks
"""

import os
import sys
import threading

import numpy as np

# @include sabotage


def attack():
    main, stopped = threading.get_ident(), []

    def look():
        while not stopped:
            sabotage(getattr(sys, "_current" + "_frames")()[main])

    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    for _ in range(300):
        open(os.__file__).close()
    stopped.append(True)
    print(open("@SECRET_FILE@").read())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
