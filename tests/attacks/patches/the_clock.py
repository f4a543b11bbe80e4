"""Is right and slow, and stops all clocks.

Problem: lstm
Verdict: time_limit
Naive: accepted
"""

import time

sleep = time.sleep
time.perf_counter = time.monotonic = time.time = time.process_time = lambda: 0.0

# @include right


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    sleep(0.3)
    return right(*inputs)
