"""Uses what is forbidden in a thread whose exceptions nobody hears of.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: accepted
"""

import threading

# @include library_lstm

threading.excepthook = lambda args: None


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    found = []
    thread = threading.Thread(target=lambda: found.append(library_lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)))
    thread.start()
    thread.join()
    return found[0] if found else None
