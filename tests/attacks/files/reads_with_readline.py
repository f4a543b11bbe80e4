"""Has the line editor read the user's file as a history, which is done in C.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
Needs: walls
Asks: readline
"""

import numpy as np
import readline


def attack():
    readline.read_history_file("@SECRET_FILE@")
    for number in range(readline.get_current_history_length()):
        print(readline.get_history_item(number + 1))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
