"""Uses what is forbidden within a generator that swallows what is thrown at it, and goes on.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""


# @include library_lstm


def trying(*inputs):
    while True:
        try:
            yield library_lstm(*inputs)
        except BaseException:
            yield None


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    for found in trying(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
        return found
