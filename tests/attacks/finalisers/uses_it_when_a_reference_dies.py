"""Uses what is forbidden in the callback of a weak reference.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import weakref

# @include library_lstm


class Something:
    pass


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    found, thing = [], Something()
    kept = weakref.ref(thing, lambda reference: found.append(library_lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)))
    del thing
    return found[0] if found and kept() is None else None
