"""Returns a kind of tuple that computes slowly when it is taken apart.

Problem: lstm
Verdict: wrong_shape | wrong_answer
Naive: accepted
"""

import time

# @include right


class Later(tuple):
    def __iter__(self):
        time.sleep(0.05)
        return iter(right(*tuple.__iter__(self)))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
    return Later(inputs)
