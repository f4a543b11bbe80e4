"""Makes a System V segment, which counts for nobody and stays until it is removed, and maps it.

Problem: lstm
Verdict: forbidden | memory_limit | runtime_error | sandbox_violation | wrong_answer
Naive: holds
Needs: walls
"""

import numpy as np

# @include libc


tried = []


def attack():
    if tried:
        return
    tried.append(True)
    segment = libc("shmget")(0, 32 << 20, 0o1600, 0, 0, 0)
    if segment < 1 << 31:  # -1 comes as a whole number without a sign
        place = libc("shmat")(segment, 0, 0, 0, 0, 0)
        libc("shmctl")(segment, 0, 0, 0, 0, 0)
        if place > 0:
            ctypes.memset(place, 1, 32 << 20)
            print("@TOKEN@")
            raise RuntimeError("held")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
