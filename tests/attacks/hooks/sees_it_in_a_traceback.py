"""Looks in the traceback of a refusal for what refused, and spoils it.

Problem: lstm
Framework: numpy
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
"""


import numpy as np

# @include sabotage


def attack():
    for name in ("/proc/nothing", "/etc/nothing"):
        try:
            open(name)
        except OSError as error:
            step = error.__traceback__
            while step is not None:
                sabotage(step.tb_frame)
                step = step.tb_next
    print(open("@SECRET_FILE@").read())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
