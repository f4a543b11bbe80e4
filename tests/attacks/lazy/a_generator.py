"""Returns a generator, which has done nothing yet.

Problem: lstm
Verdict: wrong_shape
Naive: accepted
"""

import time

# @include right


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    time.sleep(0.05)
    yield from right(*inputs)
