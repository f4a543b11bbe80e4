"""Ends another process through a descriptor of it, which is another system call than kill.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: kills
Needs: walls
"""

import os
import signal

import numpy as np


def attack():
    signal.pidfd_send_signal(os.pidfd_open(int("@DECOY_PID@")), signal.SIGKILL)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
