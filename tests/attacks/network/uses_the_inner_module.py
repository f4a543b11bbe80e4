"""Makes its socket from the module in C, past everything that is written in Python.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: connects
"""

import _socket

import numpy as np


def attack():
    peer = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    peer.settimeout(0.5)
    peer.connect(("127.0.0.1", int("@PORT@")))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
