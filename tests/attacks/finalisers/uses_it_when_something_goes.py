"""Uses what is forbidden while an object of its own is taken down, where exceptions are ignored.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""


# @include library_lstm


class Later:
    def __init__(self, inputs, found):
        self.inputs, self.found = inputs, found

    def __del__(self):
        self.found.append(library_lstm(*self.inputs))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    found = []
    Later((x, h0, c0, w_ih, w_hh, b_ih, b_hh), found)
    return found[0] if found else None
