"""Uses what is forbidden in a pool of threads that is there before it is asked.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import concurrent.futures

# @include library_lstm

pool = concurrent.futures.ThreadPoolExecutor(2)
pool.submit(abs, 1).result()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return pool.submit(library_lstm, x, h0, c0, w_ih, w_hh, b_ih, b_hh).result(5)
