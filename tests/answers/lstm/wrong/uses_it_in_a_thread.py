"""torch.lstm in a thread of its own, where an override of this thread does not count.

Verdict: forbidden|sandbox_violation|runtime_error
"""

import torch
from concurrent.futures import ThreadPoolExecutor


def library(*arguments):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(torch.lstm, *arguments).result()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs, h, c = library(x, (h0[None], c0[None]), [w_ih, w_hh, b_ih, b_hh], True, 1, 0.0, False, False, True)
    return outputs, (h[0], c[0])
