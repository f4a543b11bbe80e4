"""Gives the hook a path that looks at who asks it, and spoils what it finds.

Problem: lstm
Framework: numpy
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
"""

import sys

import numpy as np

# @include sabotage


class Path(str):
    def __hash__(self):
        sabotage(sys._getframe(1))
        return str.__hash__(self)

    def __eq__(self, other):
        sabotage(sys._getframe(1))
        return str.__eq__(self, other)

    def startswith(self, *args):
        sabotage(sys._getframe(1))
        return True


def attack():
    for name in ("/dev/null", "/proc/nothing", "@SECRET_FILE@"):
        try:
            open(Path(name))
        except OSError:
            pass
    print(open(Path("@SECRET_FILE@")).read())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
