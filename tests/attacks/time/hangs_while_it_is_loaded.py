"""Never comes to an end of being loaded: a pattern that takes for ever to match.

Problem: lstm
Verdict: time_limit
Naive: hangs
"""

import re

print("@TOKEN@", flush=True)
re.match("(a*)*$", "a" * 64 + "b")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return x, (h0, c0)
