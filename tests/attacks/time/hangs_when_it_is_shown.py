"""Raises an exception whose text never ends to be made.

Problem: lstm
Verdict: time_limit
Naive: hangs
"""


class Endless(Exception):
    def __str__(self):
        print("@TOKEN@", flush=True)
        while True:
            pass


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    raise Endless
