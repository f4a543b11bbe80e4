"""Answers rightly, and has a thread end the process with success a moment later.

Problem: lstm
Verdict: runtime_error
Naive: accepted
"""

import os
import threading
import time

# @include right


def leave():
    time.sleep(0.02)
    os._exit(0)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    threading.Thread(target=leave).start()
    return right(*inputs)
