"""Returns empty arrays at once, which a thread fills when the clock is not looked at.

Problem: lstm
Verdict: wrong_answer | runtime_error
Naive: accepted
"""

import threading
import time

import numpy as np

# @include right


def fill(inputs, outputs, h_n, c_n):
    time.sleep(0.3)
    found, (h, c) = right(*inputs)
    outputs[...], h_n[...], c_n[...] = found, h, c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    rest = (c0, w_ih, w_hh, b_ih, b_hh)
    outputs, h_n, c_n = np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), h0.copy(), h0.copy()
    threading.Thread(target=fill, args=((x, h0, *rest), outputs, h_n, c_n)).start()
    return outputs, (h_n, c_n)
